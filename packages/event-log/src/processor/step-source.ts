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
  /** The next step; the same one until it is taken. Undefined while no record waits. Rejects with what `process` throws, until `restart`. */
  peek(): Promise<PlacedStep | undefined>;
  /** True while a peek waits for `process`. */
  peeking(): boolean;
  /** Goes past the step that `peek` gave. */
  take(): void;
  /** The steps taken so far are committed. */
  committed(): void;
  /** The steps taken since the last commit come again, the same ones. */
  rewind(): void;
  /** Drops what was begun and continues there. */
  restart(progress: Progress): void;
  /** Drops what was begun. */
  close(): void;
}

type Steps = Iterator<Step> | AsyncIterator<Step>;

interface OpenRecord {
  readonly record: LogRecord;
  readonly steps: Steps;
}

/**
 * Asks `process` for the steps of each record of the buffer. The steps of a record stay open between two transactions, so
 * that a record is read once. Steps of a transaction that was not committed can be taken again, so that what `process` keeps in
 * memory stays in step with them; where it does not, `restart` begins them again at the committed cursor.
 */
export function createStepSource(buffer: RecordBuffer, process: ProcessorOptions['process']): StepSource {
  /** After the last step that `process` gave and that was taken. */
  let progress: Progress = { offset: 0n };
  let open: OpenRecord | undefined;
  let peeked: PlacedStep | undefined;
  let peeking: Promise<PlacedStep | undefined> | undefined;
  let taken: PlacedStep[] = [];
  let again: PlacedStep[] = [];
  /** A generator that has thrown says next that it is done, as though the record had no more steps. */
  let failure: { readonly error: unknown } | undefined;

  function begin(): OpenRecord | undefined {
    const record = buffer.from(progress.offset);
    if (record === undefined) return undefined;
    // Where retention has deleted the record that the cursor belongs to, the next one is processed as a whole.
    const cursor = record.offset === progress.offset ? progress.cursor : undefined;
    return { record, steps: iteratorOf(process(record, cursor)) };
  }

  function endRecord(): void {
    const steps = open?.steps;
    open = undefined;
    peeked = undefined;
    // Lets a generator run its `finally`; an error of that cannot be handled here.
    Promise.resolve(steps?.return?.()).catch(() => undefined);
  }

  function close(): void {
    endRecord();
    peeking = undefined;
    failure = undefined;
    [taken, again] = [[], []];
  }

  /** Undefined, too, where the source was restarted or closed while `process` was asked. */
  async function read(): Promise<PlacedStep | undefined> {
    open ??= begin();
    const mine = open;
    if (mine === undefined) return undefined;
    const { record, steps } = mine;
    const { done, value } = await steps.next();
    if (open !== mine) return undefined;
    const { records, cursor }: Step = done ? { records: [] } : value;
    const next = cursor === undefined ? { offset: record.offset + 1n } : { offset: record.offset, cursor };
    peeked = { records, bytes: records.reduce((sum, each) => sum + sizeOf(each), 0), next };
    return peeked;
  }

  return {
    async peek() {
      const known = again[0] ?? peeked;
      if (known !== undefined) return known;
      if (peeking !== undefined) return await peeking;
      if (failure !== undefined) throw failure.error;
      const mine = read();
      peeking = mine;
      try {
        return await mine;
      } catch (error) {
        if (peeking === mine) failure = { error };
        throw error;
      } finally {
        if (peeking === mine) peeking = undefined;
      }
    },
    peeking: () => peeking !== undefined,
    take() {
      const repeated = again.shift();
      const step = repeated ?? peeked;
      if (step === undefined) throw new RangeError('no step was peeked');
      taken.push(step);
      if (repeated !== undefined) return;
      progress = step.next;
      peeked = undefined;
      if (progress.cursor === undefined) endRecord();
    },
    committed() {
      taken = [];
    },
    rewind() {
      again = [...taken, ...again];
      taken = [];
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
