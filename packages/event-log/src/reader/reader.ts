import { setTimeout as delay } from 'node:timers/promises';
import type { KafkaClient } from '../kafkajs/client/client.ts';
import { connectTo, openReadCluster, type ReadCluster } from '../kafkajs/cluster/read-cluster.ts';
import { renewConnections } from '../kafkajs/cluster/renew-connections.ts';
import { isTransient, rootFailure } from '../kafkajs/errors/failure.ts';
import { LogError } from '../kafkajs/errors/log-error.ts';
import type { Position, Reader, ReaderOptions } from '../log.ts';
import { keyOf } from '../partition-key.ts';
import { retryWhile } from '../retry.ts';
import { fetchPartitions } from './fetch-partitions.ts';
import { createReadState, type ReadState } from './read-state.ts';
import { offsetsOf, type StartPosition, startPositions } from './start-positions.ts';

const START_PAUSES_MS = [50, 100, 200, 500];
const START_FOR_MS = 10_000;
const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 1_000;
const HELD_ELSEWHERE_MS = 20;
// What does not mend itself may still pass: a new topic that some broker does not know, a leader that catches up.
const GRACE_MS = 30_000;

interface Failing {
  readonly since: number;
  readonly retryMs: number;
}

/**
 * Reads committed records of whole topics by fetching from their leaders, without a consumer group: no join, no
 * rebalance, nothing to delete. Resolves when the start positions are fixed, for which it tries 10 s. Goes on through
 * broker failures for ever then; rejects with ERR_LOG_UNKNOWN_TOPIC when a topic does not exist.
 */
export async function createReader(client: KafkaClient, options: ReaderOptions): Promise<Reader> {
  const cluster = openReadCluster(client);
  try {
    const positions = await retryWhile(() => findStart(cluster, options), {
      retriable: (error) => isTransient(rootFailure(error)),
      pausesMs: START_PAUSES_MS,
      forMs: START_FOR_MS,
    });
    return startReading(client, cluster, options, createReadState(positions));
  } catch (error) {
    await cluster.disconnect();
    throw error;
  }
}

async function findStart(cluster: ReadCluster, { topics, from }: ReaderOptions): Promise<StartPosition[]> {
  await connectTo(cluster, topics);
  try {
    return await startPositions(cluster, topics, from);
  } catch (error) {
    // A broker may not lead a new topic's partition yet, or not any more.
    await cluster.refreshMetadata();
    throw error;
  }
}

function startReading({ logger }: KafkaClient, cluster: ReadCluster, options: ReaderOptions, state: ReadState): Reader {
  const { topics, onRecords } = options;
  const { promise: done, resolve: finish, reject: fail } = Promise.withResolvers<void>();
  const pumps = new Set<number>();
  const ending = new AbortController();
  const running = (): boolean => !ending.signal.aborted;

  function end(error?: unknown): void {
    if (!running()) return;
    ending.abort();
    state.abandon(error ?? new LogError('ERR_LOG_CLOSED', 'the reader was stopped before it caught up'));
    void cluster.disconnect().catch(() => undefined);
    if (error === undefined) finish();
    else fail(error);
  }

  /** Leaders move: a broker gets a loop when it leads one of our partitions, and keeps it as long as it does. */
  function startPumps(): Map<string, number> {
    const led = leaders(cluster, topics);
    for (const nodeId of led.values()) {
      if (pumps.has(nodeId)) continue;
      pumps.add(nodeId);
      void pump(nodeId).catch(end);
    }
    return led;
  }

  async function pump(nodeId: number): Promise<void> {
    let failing: Failing | undefined;
    while (running()) {
      try {
        if (!(await readOnce(nodeId))) break;
        failing = undefined;
      } catch (error) {
        if (!running() || error instanceof LogError) throw error;
        failing = { since: failing?.since ?? Date.now(), retryMs: Math.min((failing?.retryMs ?? FIRST_RETRY_MS) * 2, LAST_RETRY_MS) };
        await recover(error, failing);
      }
    }
    pumps.delete(nodeId);
  }

  /** One fetch and its hand-over; false when the broker leads none of the partitions any more. */
  async function readOnce(nodeId: number): Promise<boolean> {
    await cluster.refreshMetadataIfNecessary();
    const led = startPumps();
    const mine = state.all().filter((position) => led.get(keyOf(position)) === nodeId);
    if (mine.length === 0) return false;
    const wanted = state.take(mine);
    try {
      // The loop of the former leader still hands over what it got.
      if (wanted.length === 0) await delay(HELD_ELSEWHERE_MS);
      else await readPartitions(nodeId, wanted);
      return true;
    } finally {
      state.release(wanted);
    }
  }

  async function readPartitions(nodeId: number, wanted: readonly Position[]): Promise<void> {
    for (const fetched of await fetchPartitions(cluster, nodeId, wanted)) {
      if (!running()) return;
      if (fetched.records.length > 0) await handOver(fetched.records);
      state.advance(fetched, wanted.length === 1);
    }
  }

  async function handOver(records: Parameters<typeof onRecords>[0]): Promise<void> {
    try {
      await onRecords(records);
    } catch (error) {
      throw new LogError('ERR_LOG_HANDLER_FAILED', 'the handler of records threw', { cause: error });
    }
  }

  async function recover(error: unknown, { since, retryMs }: Failing): Promise<void> {
    const failure = rootFailure(error);
    const lasting = Date.now() - since > GRACE_MS;
    logger.debug({ error: failure.message, topics }, 'reading failed, trying again');
    if (lasting && failure.type === 'UNKNOWN_TOPIC_OR_PARTITION') {
      throw new LogError('ERR_LOG_UNKNOWN_TOPIC', `the brokers no longer know one of ${topics.join(', ')}`, { cause: error });
    }
    if (lasting && !isTransient(failure)) throw error;
    renewConnections(cluster, error);
    await delay(retryMs, undefined, { signal: ending.signal }).catch(() => undefined);
    if (!running()) return;
    try {
      await cluster.refreshMetadata();
      if (failure.name === 'KafkaJSOffsetOutOfRange') await reposition(lasting);
    } catch (again) {
      if (again instanceof LogError) throw again;
    }
  }

  /** Retention may have passed a slow reader: it goes on where the log begins. A log that ends earlier is another log. */
  async function reposition(lasting: boolean): Promise<void> {
    state.raiseTo(await offsetsOf(cluster, topics, { fromBeginning: true }));
    const ends = await offsetsOf(cluster, topics, { fromBeginning: false });
    const ahead = state.all().find((position) => position.offset > (ends.get(keyOf(position))?.offset ?? position.offset));
    // A new leader may know less of the log for a moment.
    if (ahead === undefined || !lasting) return;
    const end = ends.get(keyOf(ahead))?.offset;
    throw new LogError('ERR_LOG_POSITION_LOST', `${keyOf(ahead)}: the reader stands at ${ahead.offset}, the log ends at ${end}`);
  }

  done.catch(() => undefined);
  startPumps();
  return { caughtUp: state.caughtUp, done, stop: async () => end() };
}

/** The leading broker of each partition, by `keyOf`. */
function leaders(cluster: ReadCluster, topics: readonly string[]): Map<string, number> {
  return new Map(
    topics.flatMap((topic) =>
      cluster
        .findTopicPartitionMetadata(topic)
        .map(({ partitionId, leader }) => [keyOf({ topic, partition: partitionId }), leader] as const),
    ),
  );
}
