import type { Batch, EachBatchPayload } from 'kafkajs';
import { toLogRecord } from '../kafka-record.ts';
import type { FetchedBatch } from '../kafkajs/cluster/fetched-batch.ts';
import type { LogRecord, TopicPartition } from '../log.ts';
import type { FetchControl, Ownership } from './ownership.ts';
import type { PartitionIntake } from './partition-intake.ts';

/** A batch of which kafkajs's filter left nothing: control records and aborted ones. */
export interface FilteredBatch {
  readonly topic: string;
  readonly partition: number;
  readonly firstOffset: string | null;
  readonly lastOffset: string;
}

export interface BatchTaker {
  /** Hands over what can be, and leaves kafkajs's position at the first record that must wait. */
  take(payload: Pick<EachBatchPayload, 'batch' | 'resolveOffset'>): Promise<void>;
  passFiltered(batch: FilteredBatch): void;
}

export interface BatchTakerOptions {
  readonly ownership: Pick<Ownership, 'settled' | 'intake'>;
  readonly control: Pick<FetchControl, 'seek'>;
  /** Where the log begins now; rejects while the brokers are away. */
  readonly logStartOffset: (partition: TopicPartition) => Promise<bigint>;
}

export function createBatchTaker({ ownership, control, logStartOffset }: BatchTakerOptions): BatchTaker {
  async function ownIntake(partition: TopicPartition): Promise<PartitionIntake | undefined> {
    return (await ownership.settled()) ? ownership.intake(partition) : undefined;
  }

  /** Whether the log holds nothing any more from `wanted` to `fetched`. */
  async function isDeleted(partition: TopicPartition, fetched: bigint): Promise<boolean> {
    const begin = await logStartOffset(partition).catch(() => 0n);
    return fetched <= begin;
  }

  async function take({ batch, resolveOffset }: Pick<EachBatchPayload, 'batch' | 'resolveOffset'>): Promise<void> {
    const { topic, partition } = batch;
    const fetched = BigInt((batch as FetchedBatch).fetchedOffset);
    let intake = await ownIntake(batch);
    // A fetch of an earlier generation may still arrive, and begin where that one stood: only the log itself can say that
    // nothing is left out.
    if (intake !== undefined && fetched > intake.next()) {
      if (!(await isDeleted(batch, fetched))) {
        control.seek({ topic, partition, offset: intake.next() });
        return;
      }
      intake = await ownIntake(batch);
    }
    if (intake === undefined) return;
    const lastOffset = batch.lastOffset();
    if (intake.offer(records(batch))) {
      intake.skipTo(BigInt(lastOffset) + 1n);
      resolveOffset(lastOffset);
    } else if (intake.next() > fetched) {
      resolveOffset(String(intake.next() - 1n));
    }
  }

  function passFiltered(batch: FilteredBatch): void {
    const intake = ownership.intake(batch);
    if (intake === undefined || batch.firstOffset === null || BigInt(batch.firstOffset) > intake.next()) return;
    intake.skipTo(BigInt(batch.lastOffset) + 1n);
  }

  return { take, passFiltered };
}

function* records({ topic, partition, messages }: Batch): Generator<LogRecord> {
  for (const message of messages) yield toLogRecord(topic, partition, message);
}
