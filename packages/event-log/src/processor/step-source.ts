import type { LogRecord, OutRecord, ProcessorOptions, Step } from '../log.ts';
import type { RecordBuffer } from './record-buffer.ts';

/** Where a partition continues: at a record, after the part of it that the cursor names. */
export interface Progress {
  readonly offset: bigint;
  readonly cursor?: string | undefined;
}

/** A step, what it takes in a transaction, and what to commit with it. */
export interface PlacedStep {
  readonly records: readonly OutRecord[];
  readonly bytes: number;
  /** Where the partition continues after this step. */
  readonly next: Progress;
}

/** The output of one input partition, step by step, record after record. */
export interface StepSource {
  /** The next step; the same one until it is taken. Undefined while no record waits. Rejects with what `process` throws. */
  peek(): Promise<PlacedStep | undefined>;
  /** Goes past the step that `peek` gave. */
  take(): void;
  /** Drops what was begun and continues there. */
  restart(progress: Progress): void;
  /** Drops what was begun. */
  close(): void;
}

type Steps = Iterator<Step> | AsyncIterator<Step>;

/**
 * Asks `process` for the steps of each record of the buffer. The steps of a record stay open between two transactions, so
 * that a record is read once; after a failure, `restart` begins them again at the committed cursor.
 */
export function createStepSource(buffer: RecordBuffer, process: ProcessorOptions['process']): StepSource {
  let progress: Progress = { offset: 0n };
  let open: { readonly record: LogRecord; readonly steps: Steps } | undefined;
  let peeked: PlacedStep | undefined;

  function begin(): typeof open {
    const record = buffer.from(progress.offset);
    if (record === undefined) return undefined;
    // Where retention has deleted the record that the cursor belongs to, the next one is processed as a whole.
    const cursor = record.offset === progress.offset ? progress.cursor : undefined;
    return { record, steps: iteratorOf(process(record, cursor)) };
  }

  function close(): void {
    const steps = open?.steps;
    open = undefined;
    peeked = undefined;
    // Lets a generator run its `finally`; an error of that cannot be handled here.
    Promise.resolve(steps?.return?.()).catch(() => undefined);
  }

  return {
    async peek() {
      if (peeked !== undefined) return peeked;
      open ??= begin();
      if (open === undefined) return undefined;
      const { record, steps } = open;
      const { done, value } = await steps.next();
      const { records, cursor }: Step = done ? { records: [] } : value;
      const next = cursor === undefined ? { offset: record.offset + 1n } : { offset: record.offset, cursor };
      peeked = { records, bytes: records.reduce((sum, each) => sum + sizeOf(each), 0), next };
      return peeked;
    },
    take() {
      if (peeked === undefined) throw new RangeError('no step was peeked');
      progress = peeked.next;
      if (progress.cursor === undefined) close();
      peeked = undefined;
    },
    restart(from) {
      close();
      progress = from;
    },
    close,
  };
}

function iteratorOf(steps: ReturnType<ProcessorOptions['process']>): Steps {
  return Symbol.asyncIterator in steps ? steps[Symbol.asyncIterator]() : steps[Symbol.iterator]();
}

/** Bytes of key, value and headers. */
function sizeOf({ key, value, headers = [] }: OutRecord): number {
  let bytes = key.length + (value?.length ?? 0);
  for (const [name, content] of headers) bytes += name.length + content.length;
  return bytes;
}
