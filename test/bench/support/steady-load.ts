import type { LoadCalls, OpenOutcome } from '../workers/load.ts';
import type { Arrival } from '../workers/receiver.ts';
import type { BenchStack } from './bench-stack.ts';
import { pause } from './clock.ts';
import type { Endpoints } from './endpoints.ts';
import { messagesFor } from './requests.ts';
import type { Worker } from './rpc.ts';

interface LoadSettings {
  /** Part of the conversation ids: different for every load. */
  readonly name: string;
  /** Endpoints whose requests do not count. */
  readonly except?: readonly number[];
  /** How long to wait for deliveries after the last response, milliseconds. Default 30,000. */
  readonly patienceMs?: number;
  /** Called when the messages are made, before the first is sent. */
  readonly onBegin?: () => Promise<void>;
}

export interface SteadyLoad extends LoadSettings {
  readonly perSecond: number;
  readonly seconds: number;
}

export interface BurstLoad extends LoadSettings {
  readonly count: number;
  /** Each sends its next message after the response to the last one. */
  readonly connections: number;
}

export interface LoadOutcome {
  readonly conversations: readonly string[];
  /** Messages without a response 200: the ingress promises nothing about them. */
  readonly refused: number;
  /** By conversation, in their order; milliseconds since the epoch. */
  readonly sentAt: Float64Array;
  readonly respondedAt: Float64Array;
  /** The first arrival of each. */
  readonly arrivals: readonly Arrival[];
  /** Further arrivals of the same. */
  readonly repeated: number;
}

const PATIENCE_MS = 30_000;

/** Sends messages at a fixed rate to the tenants in turn, and waits for their deliveries. */
export function sendSteadily(
  stack: BenchStack,
  load: Worker<LoadCalls>,
  endpoints: Endpoints,
  { perSecond, seconds, ...settings }: SteadyLoad,
): Promise<LoadOutcome> {
  const { ingress: port } = stack.ports;
  return sendAndWait(stack, endpoints, settings, perSecond * seconds, (requests) => load.call('open', { port, requests, perSecond }));
}

/** Sends messages to the tenants in turn as fast as the ingress takes them, and waits for their deliveries. */
export function sendBurst(
  stack: BenchStack,
  load: Worker<LoadCalls>,
  endpoints: Endpoints,
  { count, connections, ...settings }: BurstLoad,
): Promise<LoadOutcome> {
  const { ingress: port } = stack.ports;
  return sendAndWait(stack, endpoints, settings, count, (requests) => load.call('burst', { port, requests, connections }));
}

async function sendAndWait(
  stack: BenchStack,
  { worker, tenants }: Endpoints,
  { name, except = [], patienceMs = PATIENCE_MS, onBegin }: LoadSettings,
  count: number,
  send: (requests: Uint8Array[]) => Promise<OpenOutcome>,
): Promise<LoadOutcome> {
  // Deliveries name their conversation in a header, in which a space or a comma would be percent-encoded.
  const label = name.replaceAll(/[^\w-]+/g, '-');
  const sent = Array.from({ length: count }, (_, index) => `bench:${label}:${index}`);
  const requests = await messagesFor(stack, sent, tenants);
  await onBegin?.();
  const { sentAt, respondedAt, statuses } = await send(requests);
  const counts = sent.map((_, index) => statuses[index] === 200 && !except.includes(index % tenants.length));
  const expected = new Set(sent.filter((_, index) => counts[index]));
  const all = new Set(expected);
  const deadline = performance.now() + patienceMs;
  const arrivals: Arrival[] = [];
  let repeated = 0;
  for (;;) {
    for (const arrival of await worker.call('take', null)) {
      if (expected.delete(arrival.subject)) arrivals.push(arrival);
      else if (all.has(arrival.subject)) repeated += 1;
    }
    if (expected.size === 0 || performance.now() > deadline) break;
    await pause(100);
  }
  return {
    conversations: sent.filter((_, index) => counts[index]),
    refused: statuses.reduce((sum, status) => sum + (status === 200 ? 0 : 1), 0),
    sentAt: sentAt.filter((_, index) => counts[index]),
    respondedAt: respondedAt.filter((_, index) => counts[index]),
    arrivals,
    repeated,
  };
}

/** Milliseconds from the request of each message to its first attempt at the receiver, in order of arrival. */
export function latenciesOf({ conversations, sentAt, arrivals }: LoadOutcome): number[] {
  const sent = new Map(conversations.map((conversation, index) => [conversation, sentAt[index] as number]));
  return arrivals.map(({ subject, at }) => at - (sent.get(subject) ?? Number.NaN));
}

/** Messages without an attempt. */
export function missingOf({ conversations, arrivals }: LoadOutcome): number {
  return conversations.length - arrivals.length;
}
