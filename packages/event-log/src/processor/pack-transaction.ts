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

interface Part<Input> {
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
  const packed = new Set<Part<Input>>();
  const active = new Set<Part<Input>>();
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
      const part: Part<Input> = { input, records: [], bytes: 0, steps: 0, next: input.start() };
      packed.add(part);
      active.add(part);
    }
  }

  function drop(part: Part<Input>, error: unknown): void {
    active.delete(part);
    packed.delete(part);
    total.records -= part.records.length;
    total.bytes -= part.bytes;
    total.steps -= part.steps;
    thrown.push({ input: part.input, error });
  }

  async function takeFrom(part: Part<Input>): Promise<void> {
    const { source } = part.input;
    // Past the age, a step that is at hand still counts.
    const step = await Promise.race([source.peek(), isAged ? nextTurn<typeof AGED>(AGED) : aged]);
    if (step === AGED || step === undefined) {
      active.delete(part);
      if (part.steps > 0) maxRecords = Math.min(maxRecords, total.records + MOST_AFTER_LAST);
    } else if (!fits(step.records.length, step.bytes)) {
      active.delete(part);
      leftOver.push(part.input);
    } else {
      source.take();
      part.records.push(...step.records);
      part.bytes += step.bytes;
      part.steps += 1;
      part.next = step.next;
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
      const part = leastServed(active);
      try {
        await takeFrom(part);
      } catch (error) {
        drop(part, error);
      }
    }
  } finally {
    cancel();
  }
  const slices = [...packed].flatMap(({ input, records, next }) => (next === undefined ? [] : [{ input, records, next }]));
  return { slices, records: total.records, leftOver, thrown };
}

/** The first of those with the fewest records and steps. */
function leastServed<Input>(parts: ReadonlySet<Part<Input>>): Part<Input> {
  return [...parts].reduce((least, part) => (served(part) < served(least) ? part : least));
}

const served = ({ records, steps }: Part<unknown>): number => records.length + steps;
