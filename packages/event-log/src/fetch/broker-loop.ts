import type { ReadCluster } from '../kafkajs/cluster/read-cluster.ts';
import type { Position } from '../log.ts';
import { keyOf } from '../partition-key.ts';
import { ResponseError } from '../wire/ask-broker.ts';
import { type FetchLimits, type FetchResponse, type PartitionResponse, type SessionPart, withoutSession } from '../wire/fetch.ts';
import { createYield } from '../yield-to-loop.ts';
import type { Backoff } from './backoff.ts';
import { createFetchSession, isSessionError } from './fetch-session.ts';
import { sendFetch } from './send-fetch.ts';

const yieldToLoop = createYield();

/** A partition as a loop asks for it. */
export interface Wanted {
  readonly position: Position;
  /** Its next batch came cut: a broker sends a batch whole, whatever its size, if it is the first of the response. */
  readonly cut: boolean;
}

export interface BrokerLoopOptions<Partition extends Wanted> {
  readonly cluster: ReadCluster;
  readonly nodeId: number;
  readonly limits: FetchLimits;
  readonly backoff: Backoff;
  readonly stopped: () => boolean;
  /** The partitions to read from this broker now. */
  readonly wanted: () => readonly Partition[];
  /** What came of a partition that was asked for from the position. `alone`: the request named no other. */
  readonly onResponse: (partition: Partition, position: Position, data: PartitionResponse, alone: boolean) => void;
  readonly onHeard: () => void;
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
  const { cluster, nodeId, limits, backoff, stopped, wanted, onResponse, onHeard, onFailed } = options;
  const session = createFetchSession();
  let running = false;
  let ended: Promise<void> = Promise.resolve();

  async function run(): Promise<void> {
    while (!stopped() && !backoff.waiting && wanted().length > 0) {
      try {
        await fetchOnce();
        backoff.succeed();
      } catch (error) {
        session.lost();
        if (stopped()) break;
        backoff.fail();
        onFailed(error);
      }
    }
    // In the turn in which nothing was found to do: a start after it is not lost.
    running = false;
  }

  async function fetchOnce(): Promise<void> {
    const broker = await cluster.findBroker({ nodeId });
    // What is wanted may have changed while it connected.
    const now = stopped() ? [] : wanted();
    if (now.length === 0) return;
    const cut = now.find((partition) => partition.cut);
    const asked = new Map((cut === undefined ? now : [cut]).map((partition) => [keyOf(partition.position), partition]));
    const positions = new Map([...asked].map(([key, { position }]) => [key, position]));
    const part = cut === undefined ? session.request([...positions.values()]) : withoutSession(cut.position);
    const response = await sendFetch(cluster, broker, limits, part);
    if (stopped()) return;
    onHeard();
    if (cut === undefined) session.responded(response);
    if (!isAccepted(response, part)) return;
    for (const data of response.partitions) {
      const turn = yieldToLoop();
      if (turn !== undefined) await turn;
      if (stopped()) return;
      const partition = asked.get(keyOf(data));
      const position = positions.get(keyOf(data));
      if (partition !== undefined && position !== undefined) onResponse(partition, position, data, asked.size === 1);
    }
    // The broker reads no further request on this connection for that long.
    if (response.throttleMs > 0) backoff.wait(response.throttleMs);
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
function isAccepted({ errorCode }: FetchResponse, { epoch }: SessionPart): boolean {
  if (errorCode === 0) return true;
  if (epoch > 0 && isSessionError(errorCode)) return false;
  throw new ResponseError('Fetch', errorCode);
}
