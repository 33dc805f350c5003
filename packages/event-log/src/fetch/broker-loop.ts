import type { ReadCluster } from '../kafkajs/cluster/read-cluster.ts';
import type { Position } from '../log.ts';
import { keyOf } from '../partition-key.ts';
import { ResponseError } from '../wire/ask-broker.ts';
import type { FetchResponse, PartitionResponse } from '../wire/fetch.ts';
import { createYield } from '../yield-to-loop.ts';
import type { Backoff } from './backoff.ts';
import { createFetchSession, isSessionError } from './fetch-session.ts';
import { mayPass } from './may-pass.ts';
import { type FetchSettings, sendFetch } from './send-fetch.ts';

const yieldToLoop = createYield();

/** A partition as a loop asks for it. */
export interface Wanted {
  readonly position: Position;
}

export interface BrokerLoopOptions<Partition extends Wanted> {
  readonly cluster: ReadCluster;
  readonly nodeId: number;
  readonly settings: FetchSettings;
  readonly backoff: Backoff;
  readonly stopped: () => boolean;
  /** The partitions to read from this broker now. */
  readonly wanted: () => readonly Partition[];
  /** The response for a partition that was asked for from the position. Does not throw. */
  readonly onResponse: (partition: Partition, position: Position, data: PartitionResponse) => void;
  /** Does not throw. */
  readonly onFailed: (error: unknown) => void;
}

/** Fetches from one broker, one request at a time, while there are partitions to read from it. */
export interface BrokerLoop {
  /** Begins unless it runs, waits or has no partitions. Call it whenever there may be partitions again. */
  start(): void;
  /** Resolves when no request is in flight. */
  ended(): Promise<void>;
}

export function createBrokerLoop<Partition extends Wanted>(options: BrokerLoopOptions<Partition>): BrokerLoop {
  const { cluster, nodeId, settings, backoff, stopped, wanted, onResponse, onFailed } = options;
  const session = createFetchSession();
  let running = false;
  let ended: Promise<void> = Promise.resolve();

  async function run(): Promise<void> {
    try {
      while (!stopped() && !backoff.waiting && wanted().length > 0) await step();
    } finally {
      // In the turn in which nothing was found to do: a start after it is not lost.
      running = false;
    }
  }

  async function step(): Promise<void> {
    try {
      await fetchOnce();
      backoff.succeed();
    } catch (error) {
      session.lost();
      if (stopped()) return;
      backoff.fail(mayPass(error));
      onFailed(error);
    }
  }

  async function fetchOnce(): Promise<void> {
    const broker = await cluster.findBroker({ nodeId });
    // What is wanted may have changed while it connected.
    const now = stopped() ? [] : wanted();
    if (now.length === 0) return;
    const asked = new Map(now.map((partition) => [keyOf(partition.position), { partition, position: partition.position }]));
    const part = session.request([...asked.values()].map(({ position }) => position));
    const response = await sendFetch(cluster, broker, settings, part);
    if (stopped()) return;
    session.responded(response);
    // The broker reads no further request on this connection for that long.
    if (response.throttleMs > 0) backoff.wait(response.throttleMs);
    if (!isAccepted(response, part.epoch)) return;
    for (const data of response.partitions) {
      const turn = yieldToLoop();
      if (turn !== undefined) await turn;
      if (stopped()) return;
      const found = asked.get(keyOf(data));
      if (found !== undefined) onResponse(found.partition, found.position, data);
    }
  }

  return {
    start() {
      if (running || backoff.waiting || stopped()) return;
      running = true;
      ended = run();
    },
    ended: () => ended,
  };
}

/** False for a session that the broker has lost: the next request begins another. */
function isAccepted({ errorCode }: FetchResponse, epoch: number): boolean {
  if (errorCode === 0) return true;
  if (epoch > 0 && isSessionError(errorCode)) return false;
  throw new ResponseError('Fetch', errorCode);
}
