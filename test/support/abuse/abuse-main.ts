/**
 * Abusers as a process of the lowest priority: on their own machine their work would take nothing from the senders that are
 * measured beside them. What the kernel does for them still counts.
 */
import { takeLowestPriority } from '../../bench/support/lowest-priority.ts';
import { serveCalls } from '../../bench/support/rpc.ts';
import { type Abuse, type AbuseCounters, type AbuseOptions, startAbuse } from './start-abuse.ts';

takeLowestPriority();

const running = new Map<number, Abuse>();
let next = 0;

const calls = {
  /** Gives the id of the abuse. */
  start(options: AbuseOptions): number {
    const id = next++;
    running.set(id, startAbuse(options));
    return id;
  },
  counters: (id: number): AbuseCounters => abuse(id).counters(),
  stop(id: number): AbuseCounters {
    const counters = abuse(id).counters();
    abuse(id).stop();
    running.delete(id);
    return counters;
  },
};

function abuse(id: number): Abuse {
  const found = running.get(id);
  if (found === undefined) throw new RangeError(`no abuse with id ${id} is running`);
  return found;
}

export type AbuseCalls = typeof calls;
serveCalls(calls);
