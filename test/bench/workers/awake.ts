/** Keeps the cores awake: a thread for each runs at the lowest priority until the process ends. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { takeLowestPriority } from '../support/lowest-priority.ts';
import { serveCalls } from '../support/rpc.ts';

takeLowestPriority();
for (let core = 0; core < availableParallelism(); core += 1) new Worker('for (;;);', { eval: true });

const calls = {};
export type AwakeCalls = typeof calls;
serveCalls(calls);
