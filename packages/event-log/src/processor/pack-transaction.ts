import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import type { OutRecord, TransactionBounds } from '../log.ts';
import type { Progress, StepSource } from './step-source.ts';

/** An input partition as packing sees it. */
export interface PackSource {
  readonly source: Pick<StepSource, 'peek' | 'peeking' | 'take'>;
  /** A start that is to be committed before the first step. */
  start(): Progress | undefined;
}

/** What one input partition has in a transaction. */
export interface Slice<Input> {
  readonly input: Input;
  readonly records: OutRecord[];
  /** Where the partition continues once this is committed. */
  readonly next: Progress;
}

/** The content of one transaction. */
export interface Pack<Input> {
  readonly slices: readonly Slice<Input>[];
  readonly records: number;
  /** Inputs whose step did not fit: first in the next transaction. */
  readonly leftOver: readonly Input[];
  /** Inputs that are in no slice because `process` threw. */
  readonly thrown: readonly { readonly input: Input; readonly error: unknown }[];
}

export interface PackOptions {
  readonly bounds: TransactionBounds;
  readonly clock: Clock;
  /** Awaited between two steps: lets the event loop run. */
  readonly rest: () => Promise<void> | undefined;
  /** True ends the packing; what was packed is then of no use. */
  readonly stopped: () => boolean;
}

interface Share<Input> {
  readonly input: Input;
  readonly records: OutRecord[];
  bytes: number;
  steps: number;
  next: Progress | undefined;
}

const AGED = Symbol('aged');

/**
 * Shares a transaction over the inputs: the next step is always taken from the input that has the fewest records and steps in it,
 * so that one with many holds up no other. Ends when no further step fits the records or the bytes, when the age is reached or when
 * no step waits. A step that exceeds a bound by itself is packed alone, from the first input. Where `process` throws, all of that
 * input is left out.
 */
export async function packTransaction<Input extends PackSource>(inputs: readonly Input[], options: PackOptions): Promise<Pack<Input>> {
  const { bounds, clock, rest, stopped } = options;
  const shares = inputs.map((input): Share<Input> => ({ input, records: [], bytes: 0, steps: 0, next: input.start() }));
  const packed = new Set(shares);
  const active = new Set(shares);
  const leftOver: Input[] = [];
  const thrown: { input: Input; error: unknown }[] = [];
  const total = { records: 0, bytes: 0, steps: 0 };
  const { promise: aged, resolve: age } = Promise.withResolvers<typeof AGED>();
  let isAged = false;
  const cancel = clock.after(bounds.maxAgeMs, () => {
    isAged = true;
    age(AGED);
  });

  const fits = (records: number, bytes: number): boolean =>
    total.steps === 0 || (total.records + records <= bounds.maxRecords && total.bytes + bytes <= bounds.maxBytes);

  function drop(share: Share<Input>, error: unknown): void {
    active.delete(share);
    packed.delete(share);
    total.records -= share.records.length;
    total.bytes -= share.bytes;
    total.steps -= share.steps;
    thrown.push({ input: share.input, error });
  }

  async function takeFrom(share: Share<Input>): Promise<void> {
    const { source } = share.input;
    // Past the age, a step that is at hand still counts.
    const step = await Promise.race([source.peek(), isAged ? nextTurn<typeof AGED>(AGED) : aged]);
    if (step === AGED || step === undefined) {
      active.delete(share);
    } else if (!fits(step.records.length, step.bytes)) {
      active.delete(share);
      leftOver.push(share.input);
    } else {
      source.take();
      share.records.push(...step.records);
      share.bytes += step.bytes;
      share.steps += 1;
      share.next = step.next;
      total.records += step.records.length;
      total.bytes += step.bytes;
      total.steps += 1;
    }
  }

  try {
    while (active.size > 0) {
      await rest();
      if (stopped() || (isAged && total.steps > 0)) break;
      const share = leastServed(active);
      try {
        await takeFrom(share);
      } catch (error) {
        drop(share, error);
      }
    }
  } finally {
    cancel();
  }
  const slices = [...packed].flatMap(({ input, records, next }) => (next === undefined ? [] : [{ input, records, next }]));
  return { slices, records: total.records, leftOver, thrown };
}

/** The first of those with the fewest records and steps. */
function leastServed<Input>(shares: ReadonlySet<Share<Input>>): Share<Input> {
  return [...shares].reduce((least, share) => (served(share) < served(least) ? share : least));
}

const served = ({ records, steps }: Share<unknown>): number => records.length + steps;
