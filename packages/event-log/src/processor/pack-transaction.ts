import type { Clock } from '../clock.ts';
import type { OutRecord, TransactionBounds } from '../log.ts';
import type { Progress, StepSource } from './step-source.ts';

/** The content of one transaction. */
export interface Pack {
  readonly records: readonly OutRecord[];
  readonly bytes: number;
  /** Where the partition continues once this is committed. */
  readonly next: Progress;
}

export interface PackOptions {
  readonly bounds: TransactionBounds;
  readonly clock: Clock;
  /** Awaited between two steps: lets the event loop run. */
  readonly rest: () => Promise<void> | undefined;
  /** True ends the packing; what was packed is then of no use. */
  readonly stopped: () => boolean;
}

/**
 * Takes steps until the next one would exceed the records or the bytes, until the age is reached, or until none waits. A
 * step that exceeds a bound on its own is packed alone. Undefined where no step waits. Rejects with what `process` throws.
 */
export async function packTransaction(source: StepSource, { bounds, clock, rest, stopped }: PackOptions): Promise<Pack | undefined> {
  const records: OutRecord[] = [];
  let bytes = 0;
  let next: Progress | undefined;
  let aged = false;
  const cancel = clock.after(bounds.maxAgeMs, () => {
    aged = true;
  });
  try {
    for (;;) {
      await rest();
      if (stopped() || (aged && next !== undefined)) break;
      const step = await source.peek();
      if (step === undefined) break;
      const fits = records.length + step.records.length <= bounds.maxRecords && bytes + step.bytes <= bounds.maxBytes;
      if (!fits && next !== undefined) break;
      source.take();
      records.push(...step.records);
      bytes += step.bytes;
      next = step.next;
    }
  } finally {
    cancel();
  }
  return next === undefined ? undefined : { records, bytes, next };
}
