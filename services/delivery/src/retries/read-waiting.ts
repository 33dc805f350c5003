import { retryTopics } from '@switchboard/contracts';
import { decodeDoneRuns, type EventLog, type LogAdmin, type LogRecord, type Position } from '@switchboard/event-log';
import { type Delivery, lineOf, readDelivery, runKey } from '../dispatch/delivery.ts';
import type { Waiting } from '../dispatch/waiting-line.ts';
import type { RetryRoute } from './retry-route.ts';

export interface ReadWaitingOptions {
  readonly log: Pick<EventLog, 'reader'>;
  readonly admin: Pick<LogAdmin, 'beginOffsets' | 'endOffsets' | 'committed'>;
  /** Group that consumes the retry topics. */
  readonly groupId: string;
  readonly route: RetryRoute;
  /** Whether others are to wait for the delivery: its webhook asks for an order, and it has not gone on from there. */
  readonly holdsUp: (delivery: Delivery) => boolean;
  readonly now: () => number;
  /** How long after its due time a delivery may still come. */
  readonly graceMs: number;
}

/** Where a partition of a retry topic stands: what lies before `offset` or in `done` is settled. */
interface Standing extends Position {
  readonly end: bigint;
  readonly done: (offset: bigint) => boolean;
}

function at(positions: readonly Position[], partition: number): bigint | undefined {
  return positions.find((position) => position.partition === partition)?.offset;
}

/** Reads what waits in the retry topics of one partition: everything that others are to wait for and the group has not settled. */
export function createReadWaiting({ log, admin, groupId, route, holdsUp, now, graceMs }: ReadWaitingOptions) {
  async function standingOf(topic: string, partition: number): Promise<{ own: Standing; others: readonly Position[] }> {
    const [ends, begins, committed] = await Promise.all([
      admin.endOffsets(topic),
      admin.beginOffsets(topic),
      admin.committed(groupId, topic),
    ]);
    const commit = committed.find((position) => position.partition === partition);
    const offset = commit?.offset ?? at(begins, partition) ?? 0n;
    const runs = (commit && decodeDoneRuns(commit)) ?? [];
    const done = (one: bigint) => {
      const distance = Number(one - offset);
      return distance < 0 || runs.some(({ from, length }) => distance >= from && distance < from + length);
    };
    return {
      own: { topic, partition, offset, end: at(ends, partition) ?? 0n, done },
      others: ends.filter((end) => end.partition !== partition),
    };
  }

  function waitingOf(record: LogRecord, topic: number): Waiting | undefined {
    const delivery = readDelivery(record);
    if (delivery === undefined || !holdsUp(delivery)) return undefined;
    return {
      line: lineOf(delivery),
      delivery: runKey(delivery.state),
      sequence: delivery.sequence,
      topic,
      expectedBy: (route.dueAt(record, now()) ?? now()) + graceMs,
    };
  }

  return async (partition: number): Promise<readonly Waiting[]> => {
    const standings = await Promise.all(retryTopics.map(({ name }) => standingOf(name, partition)));
    const unsettled = standings.filter(({ own }) => own.offset < own.end);
    if (unsettled.length === 0) return [];
    const waiting: Waiting[] = [];
    const reader = await log.reader({
      topics: unsettled.map(({ own }) => own.topic),
      // Partitions that are not named would be read from their beginning.
      from: { offsets: unsettled.flatMap(({ own, others }) => [own, ...others]) },
      onRecords: (records) => {
        for (const record of records) {
          const found = unsettled.find(({ own }) => own.topic === record.topic && own.partition === record.partition);
          if (found === undefined || found.own.done(record.offset)) continue;
          const one = waitingOf(record, retryTopics.findIndex(({ name }) => name === record.topic) + 1);
          if (one !== undefined) waiting.push(one);
        }
      },
    });
    try {
      await Promise.race([reader.caughtUp, reader.done]);
    } finally {
      await reader.stop();
    }
    return waiting;
  };
}
