import { type Codec, CodecError } from '@switchboard/contracts';
import type { LogRecord, OutRecord, Position, Slice } from '@switchboard/event-log';
import { countsAsFault, type StopCode } from './codes.ts';
import { createDedupeWindow, type DedupeWindow, WINDOW_RECORDS } from './dedupe-window.ts';
import { type NormalizeContext, type Normalized, normalizeRecord, rememberRecord } from './normalize-record.ts';
import type { RejectShare } from './reject-share.ts';

/** Tells of what became of the records of a slice; called once a slice was made, before it is committed. */
export type NormalizedObserver = (normalized: Normalized) => void;

export interface SliceNormalizer {
  process(slice: Slice): Promise<readonly OutRecord[]>;
  onFenced(at: Position, readBack: (fromOffset: bigint) => AsyncIterable<readonly LogRecord[]>): Promise<void>;
}

/** Thrown while too large a share of the records is rejected: nothing of the slice is committed. */
export class RejectShareExceeded extends Error {
  override readonly name = 'RejectShareExceeded';
  readonly code: StopCode = 'ERR_NORMALIZER_REJECT_SHARE';
}

interface Partition {
  readonly topic: string;
  readonly partition: number;
}

const keyOf = ({ topic, partition }: Partition): string => `${topic}-${partition}`;

/** The normalizer's work on slices, with one dedupe window a partition. */
export function createSliceNormalizer(context: NormalizeContext, rejectShare: RejectShare, observe: NormalizedObserver): SliceNormalizer {
  const windows = new Map<string, DedupeWindow>();
  /** How often each partition was taken over. */
  const takeovers = new Map<string, number>();
  /** Highest offset of each partition that counted towards the share: a slice comes again after a failed transaction. */
  const judged = new Map<string, bigint>();

  function windowOf(partition: Partition): DedupeWindow {
    const key = keyOf(partition);
    let window = windows.get(key);
    if (window === undefined) {
      window = createDedupeWindow();
      windows.set(key, window);
    }
    return window;
  }

  function judge(slice: Slice, normalized: readonly Normalized[]): { good: number; faulty: number } {
    const key = keyOf(slice);
    const upTo = judged.get(key) ?? -1n;
    const last = slice.records.at(-1)?.offset ?? -1n;
    if (last > upTo) judged.set(key, last);
    return countJudged(normalized.filter((_one, index) => (slice.records[index]?.offset ?? -1n) > upTo));
  }

  return {
    async process(slice) {
      if (rejectShare.open) throw new RejectShareExceeded('too large a share of the records was rejected');
      // Before anything is waited for: when the partition is lost meanwhile and comes back, it has a window of its own.
      const window = windowOf(slice);
      // Schemas first: once the window has seen a record, the record must not be asked again.
      await ensureSchemas(slice.records, context.codec);
      const normalized = slice.records.map((record) => normalizeRecord(record, window, context));
      if (rejectShare.exceeded(judge(slice, normalized))) throw new RejectShareExceeded('too large a share of the records was rejected');
      normalized.forEach(observe);
      return normalized.flatMap(({ records }) => records);
    },

    async onFenced(at, readBack) {
      const key = keyOf(at);
      const takeover = (takeovers.get(key) ?? 0) + 1;
      takeovers.set(key, takeover);
      const window = createDedupeWindow();
      // Always the whole span. The records' times come from several clocks: where one is wrong, no time tells how far is enough.
      for await (const records of readBack(at.offset > WINDOW_RECORDS ? at.offset - WINDOW_RECORDS : 0n)) {
        await ensureSchemas(records, context.codec);
        for (const record of records) rememberRecord(record, window, context.codec);
      }
      // A worker that was stopped while it read must not undo what its successor has seen since.
      if (takeovers.get(key) === takeover) windows.set(key, window);
    },
  };
}

function countJudged(normalized: readonly Normalized[]): { good: number; faulty: number } {
  let good = 0;
  let faulty = 0;
  for (const one of normalized) {
    if (one.kind === 'events') good += 1;
    else if (countsAsFault(one.code)) faulty += 1;
  }
  return { good, faulty };
}

/**
 * Fetches the schemas that the records were written with. Rejects while the registry does not answer or does not know an
 * id: the partition then waits, since either can be healed and nothing is wrong with the record.
 */
async function ensureSchemas(records: readonly LogRecord[], codec: Codec): Promise<void> {
  for (const { value } of records) {
    if (value === null) continue;
    try {
      await codec.ensure(value);
    } catch (error) {
      if (error instanceof CodecError && error.code === 'ERR_CODEC_FRAMING') continue;
      throw error;
    }
  }
}
