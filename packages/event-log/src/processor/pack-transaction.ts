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

export interface PackOptions<Input = never> {
  readonly bounds: TransactionBounds;
  /** Inputs that became ready while the event loop ran between two steps: they are in this transaction, too. */
  readonly joining?: () => readonly Input[];
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
 * Most records that inputs with many steps add after another input had its last one packed: its records wait for the commit of theirs.
 * About 15 ms of a fan-out.
 */
const MOST_AFTER_LAST = 500;

/**
 * Shares a transaction over the inputs: the next step is always taken from the input that has the fewest records and steps in it,
 * so that one with many delays no other by more than 500 records. Ends when no further step fits the records or the bytes, when the
 * age is reached or when no step waits. A step that exceeds a bound by itself is packed alone, from the first input. Where `process`
 * throws, all of that input is left out.
 */
export async function packTransaction<Input extends PackSource>(
  inputs: readonly Input[],
  options: PackOptions<Input>,
): Promise<Pack<Input>> {
  const { bounds, clock, rest, stopped, joining = () => [] } = options;
  const packed = new Set<Share<Input>>();
  const active = new Set<Share<Input>>();
  let { maxRecords } = bounds;
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
    total.steps === 0 || (total.records + records <= maxRecords && total.bytes + bytes <= bounds.maxBytes);

  function add(added: readonly Input[]): void {
    for (const input of added) {
      const share: Share<Input> = { input, records: [], bytes: 0, steps: 0, next: input.start() };
      packed.add(share);
      active.add(share);
    }
  }

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
      if (share.steps > 0) maxRecords = Math.min(maxRecords, total.records + MOST_AFTER_LAST);
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

  add(inputs);
  try {
    while (active.size > 0) {
      const rested = rest();
      if (rested !== undefined) {
        await rested;
        add(joining());
      }
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
