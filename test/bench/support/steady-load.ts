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
  /** Deliveries that each message makes and that will be answered. */
  readonly deliveries: number;
  /** An endpoint whose requests do not count. */
  readonly except?: number;
}

export interface SteadyOutcome {
  readonly conversations: readonly string[];
  /** By conversation, in their order; milliseconds since the epoch. */
  readonly sentAt: Float64Array;
  readonly answeredAt: Float64Array;
  readonly arrivals: readonly Arrival[];
}

const LATEST_MS = 30_000;

/** Sends messages at a fixed rate and waits until their deliveries have come, or half a minute. */
export async function sendSteadily(
  stack: BenchStack,
  load: Worker<LoadCalls>,
  { worker }: Endpoints,
  { perSecond, seconds, name, deliveries, except }: SteadyLoad,
): Promise<SteadyOutcome> {
  const conversations = Array.from({ length: perSecond * seconds }, (_, index) => `bench:${name}:${index}`);
  const requests = await messagesFor(stack, conversations);
  const arrivals: Arrival[] = [];
  const collect = async (): Promise<number> => {
    const taken = await worker.call('take', null);
    arrivals.push(...taken.filter(({ subject, endpoint }) => endpoint !== except && subject.startsWith(`bench:${name}:`)));
    return arrivals.length;
  };
  const { sentAt, answeredAt, statuses } = await load.call('open', { port: stack.ports.ingress, requests, perSecond });
  const others = Object.keys(statuses).filter((status) => status !== '200');
  if (others.length > 0) throw new Error(`not every message was taken: ${JSON.stringify(statuses)}`);
  const deadline = performance.now() + LATEST_MS;
  while ((await collect()) < conversations.length * deliveries && performance.now() < deadline) await pause(100);
  return { conversations, sentAt, answeredAt, arrivals };
}
