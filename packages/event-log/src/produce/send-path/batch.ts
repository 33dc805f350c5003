import type { BatchRecord } from '../../wire/record-batch.ts';

/** Records of one topic-partition that are sent, acknowledged or lost together. */
export interface OutBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly BatchRecord[];
}

export type BatchOutcome =
  | { readonly kind: 'written' /** Of the first record; -1 when the broker no longer knows. */; readonly baseOffset: bigint }
  /** The broker refused it; nothing was written. */
  | { readonly kind: 'refused'; readonly errorCode: number; readonly cause?: unknown }
  /** The producer was discarded before a request with the batch went out; nothing was written. */
  | { readonly kind: 'unsent'; readonly cause: unknown }
  /** The producer was discarded while the batch was in flight: it may be written or not. */
  | { readonly kind: 'unknown'; readonly cause: unknown };

/** A batch that has no outcome yet: its bytes, and its sequence in them, are the same in every attempt. */
export interface OpenBatch {
  readonly key: string;
  readonly topic: string;
  readonly partition: number;
  readonly sequence: number;
  readonly bytes: Buffer;
  attempts: number;
  outcome: BatchOutcome | undefined;
  readonly settled: (outcome: BatchOutcome) => void;
}

export function batchKey(batch: { readonly topic: string; readonly partition: number }): string {
  return `${batch.topic}/${batch.partition}`;
}
