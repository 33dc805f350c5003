import type { LoadCalls } from '../workers/load.ts';
import type { Arrival } from '../workers/receiver.ts';
import type { BenchStack } from './bench-stack.ts';
import { pause } from './clock.ts';
import type { Endpoints } from './endpoints.ts';
import { messagesFor } from './requests.ts';
import type { Worker } from './rpc.ts';

export interface SteadyLoad {
  readonly perSecond: number;
  readonly seconds: number;
  /** Part of the conversation ids: another one for every load. */
  readonly name: string;
  /** Endpoints whose requests do not count. */
  readonly except?: readonly number[];
}

export interface SteadyOutcome {
  readonly conversations: readonly string[];
  /** Messages that were not answered 200: nothing is promised of them. */
  readonly refused: number;
  /** By conversation, in their order; milliseconds since the epoch. */
  readonly sentAt: Float64Array;
  readonly answeredAt: Float64Array;
  /** The first arrival of each. */
  readonly arrivals: readonly Arrival[];
}

const LATEST_MS = 30_000;

/** Sends messages at a fixed rate to the tenants in turn, and waits until their deliveries have come, or half a minute. */
export async function sendSteadily(
  stack: BenchStack,
  load: Worker<LoadCalls>,
  { worker, tenants }: Endpoints,
  { perSecond, seconds, name, except = [] }: SteadyLoad,
): Promise<SteadyOutcome> {
  const sent = Array.from({ length: perSecond * seconds }, (_, index) => `bench:${name}:${index}`);
  const requests = await messagesFor(stack, sent, tenants);
  const arrivals: Arrival[] = [];
  const { sentAt, answeredAt, statuses } = await load.call('open', { port: stack.ports.ingress, requests, perSecond });
  const counts = sent.map((_, index) => statuses[index] === 200 && !except.includes(index % tenants.length));
  const expected = new Set(sent.filter((_, index) => counts[index]));
  const deadline = performance.now() + LATEST_MS;
  for (;;) {
    for (const arrival of await worker.call('take', null)) if (expected.delete(arrival.subject)) arrivals.push(arrival);
    if (expected.size === 0 || performance.now() > deadline) break;
    await pause(100);
  }
  return {
    conversations: sent.filter((_, index) => counts[index]),
    refused: statuses.reduce((sum, status) => sum + (status === 200 ? 0 : 1), 0),
    sentAt: sentAt.filter((_, index) => counts[index]),
    answeredAt: answeredAt.filter((_, index) => counts[index]),
    arrivals,
  };
}
