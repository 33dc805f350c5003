import type { AppendOutcome } from '../../log.ts';
import type { BatchRecord } from '../../wire/record-batch.ts';

/** A record between `append` and its outcome. */
export interface Entry {
  readonly topic: string;
  readonly key: Buffer;
  readonly partition: number | undefined;
  readonly record: BatchRecord;
  readonly bytes: number;
  /** In a batch that was handed to the send path. */
  sent: boolean;
  /** Goes in its own batch: the one it shared was too large for the topic. */
  alone: boolean;
  /** Where it waits for its batch; the partition it was given may be in doubt later. */
  queue: { remove(entry: Entry): void } | undefined;
  /** The caller has its outcome. */
  responded: boolean;
  /** No longer counted as queued. */
  finished: boolean;
  readonly respond: (outcome: AppendOutcome) => void;
}
