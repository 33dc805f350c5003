import type { Evidence } from '../facts.ts';

type Mutable<Value> = Value extends readonly (infer Item)[]
  ? Mutable<Item>[]
  : Value extends object
    ? { -readonly [Key in keyof Value]: Mutable<Value[Key]> }
    : Value;
export type MutableEvidence = Mutable<Evidence>;

export function at<Item>(items: Item[], index: number): Item {
  const item = items.at(index);
  if (item === undefined) throw new Error(`nothing at ${index}`);
  return item;
}

/** Adds a copy of an item, changed, at the end of its partition. */
export function append<Item extends { offset: number }>(items: Item[], item: Item): void {
  items.push({ ...item, offset: Math.max(...items.map(({ offset }) => offset)) + 1 });
}

export const swapOffsets = (one: { offset: number }, other: { offset: number }): void => {
  [one.offset, other.offset] = [other.offset, one.offset];
};

/** A fault, the promise that must be found broken by it, and how it gets into sound evidence. */
export type SeededFault = readonly [name: string, promise: string, seed: (evidence: MutableEvidence) => void];
