import type { Batch, EachBatchPayload } from 'kafkajs';
import { toLogRecord } from '../kafka-record.ts';
import type { FetchedBatch } from '../kafkajs/fetched-batch.ts';
import type { LogRecord } from '../log.ts';
import { keyOf } from '../partition-key.ts';
import type { FetchControl, Ownership } from './ownership.ts';

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

export function createBatchTaker(ownership: Pick<Ownership, 'settled' | 'intake'>, control: Pick<FetchControl, 'seek'>): BatchTaker {
  /** Where each partition was last sent back to. */
  const sentBack = new Map<string, bigint>();

  async function take({ batch, resolveOffset }: Pick<EachBatchPayload, 'batch' | 'resolveOffset'>): Promise<void> {
    const { topic, partition } = batch;
    const intake = (await ownership.settled()) ? ownership.intake(batch) : undefined;
    if (intake === undefined) return;
    const wanted = intake.next();
    const fetched = BigInt((batch as FetchedBatch).fetchedOffset);
    // A fetch of an earlier generation may still arrive, and begin where that one stood. When the fetch begins too high
    // a second time, the log itself begins there.
    if (fetched > wanted && sentBack.get(keyOf(batch)) !== wanted) {
      sentBack.set(keyOf(batch), wanted);
      control.seek({ topic, partition, offset: wanted });
      return;
    }
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
