import { type Codec, CodecError } from '@switchboard/contracts';
import type { LogRecord, Position, ProcessorOptions, Step } from '@switchboard/event-log';
import { countsAsFault, type StopCode } from './codes.ts';
import { createDedupeWindow, type DedupeWindow, WINDOW_RECORDS } from './dedupe-window.ts';
import { type NormalizeContext, type Normalized, normalizeRecord, rememberRecord } from './normalize-record.ts';
import type { RejectShare } from './reject-share.ts';

/** Told of what became of a record, before that is committed. */
export type NormalizedObserver = (normalized: Normalized) => void;

export interface RecordNormalizer extends Pick<ProcessorOptions, 'process'> {
  onFenced(at: Position, readBack: (fromOffset: bigint) => AsyncIterable<readonly LogRecord[]>): Promise<void>;
}

/** Thrown while too large a share of the records is rejected: nothing more is committed. */
class RejectShareExceeded extends Error {
  override readonly name = 'RejectShareExceeded';
  readonly code: StopCode = 'ERR_NORMALIZER_REJECT_SHARE';
}

interface Partition {
  readonly topic: string;
  readonly partition: number;
}

const keyOf = ({ topic, partition }: Partition): string => `${topic}-${partition}`;

/**
 * The normalizer's work on raw records, with one dedupe window a partition. What a record makes is one step: its events are
 * committed together or not at all.
 */
export function createRecordNormalizer(context: NormalizeContext, rejectShare: RejectShare, observe: NormalizedObserver): RecordNormalizer {
  const windows = new Map<string, DedupeWindow>();
  /** How often this member has fenced the former holder of each partition. */
  const takeovers = new Map<string, number>();
  /** Highest offset of each partition that counted towards the share: records are processed again after a failed transaction. */
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

  /** Whether the share of faulty records is too large once this one counts. */
  function exceedsShare(record: LogRecord, normalized: Normalized): boolean {
    const key = keyOf(record);
    if (record.offset <= (judged.get(key) ?? -1n)) return rejectShare.open;
    judged.set(key, record.offset);
    if (normalized.kind === 'events') return rejectShare.exceeded({ good: 1, faulty: 0 });
    return rejectShare.exceeded({ good: 0, faulty: countsAsFault(normalized.code) ? 1 : 0 });
  }

  async function* process(record: LogRecord): AsyncGenerator<Step, undefined> {
    if (rejectShare.open) throw new RejectShareExceeded('too large a share of the records was rejected');
    // Before anything is waited for: when the partition is lost while this waits, and assigned again, it has its own window.
    const window = windowOf(record);
    // The schema first: once the window has seen a record, the record must not be asked again.
    await ensureSchema(record, context.codec);
    const normalized = normalizeRecord(record, window, context);
    if (exceedsShare(record, normalized)) throw new RejectShareExceeded('too large a share of the records was rejected');
    observe(normalized);
    yield { records: normalized.records };
  }

  return {
    process,
    async onFenced(at, readBack) {
      const key = keyOf(at);
      const takeover = (takeovers.get(key) ?? 0) + 1;
      takeovers.set(key, takeover);
      const window = createDedupeWindow();
      // Always the whole span. The records' times come from several clocks: where one is wrong, no time tells how far is enough.
      for await (const records of readBack(at.offset > WINDOW_RECORDS ? at.offset - WINDOW_RECORDS : 0n)) {
        for (const record of records) {
          await ensureSchema(record, context.codec);
          rememberRecord(record, window, context.codec);
        }
      }
      // A worker that was stopped while it read must not undo what its successor has seen since.
      if (takeovers.get(key) === takeover) windows.set(key, window);
    },
  };
}

/**
 * Fetches the schema that the record was written with. Rejects while the registry does not answer or does not know the id:
 * the partition then waits, since either can be healed and the record may be sound.
 */
async function ensureSchema({ value }: LogRecord, codec: Codec): Promise<void> {
  if (value === null) return;
  try {
    await codec.ensure(value);
  } catch (error) {
    if (!(error instanceof CodecError && error.code === 'ERR_CODEC_FRAMING')) throw error;
  }
}
