import { createRotation, type Rotation } from './rotation.ts';

/** Whose turn it is. */
export interface Turn<T, G extends string> {
  readonly item: T;
  /** The flow whose turn it is. */
  readonly flow: string;
  readonly group: G;
}

/**
 * Items that wait, in turns of two levels: first flow by flow, then item by item within a flow. Of k flows that have items, each has
 * one of any k turns that follow each other, however many items the others have. Each item is in one of a few groups, of which a
 * caller may ask for some only. Every operation costs the same, however many flows and items there are.
 */
export interface Turns<T, G extends string> {
  /**
   * Gives the item a place at the end of a flow. It keeps the first place that it was given, and has one more at most: a further flow
   * replaces that of the second. In another group than before it goes to the end of its flows there.
   */
  put(item: T, flow: string, group: G): void;
  has(item: T): boolean;
  /** Takes the item out of all its places and gives their flows; none where it has no place. */
  remove(item: T): readonly string[];
  /** Among the groups that are admitted: the flow that had no turn for longest, and of its items the one that waits for longest. */
  next(admits: (group: G) => boolean): Turn<T, G> | undefined;
  /** The flow has had its turn. */
  served(flow: string): void;
  /** Items that have a place. */
  readonly size: number;
}

/** The items of one flow in one group. */
interface Line<T, G> {
  readonly flow: string;
  readonly group: G;
  readonly items: Rotation<T>;
  /** Lines of lower numbers come first. */
  number: number;
}

interface Places<T, G> {
  /** Items of lower numbers come first. */
  readonly number: number;
  readonly lines: Line<T, G>[];
}

const MOST_PLACES = 2;
const NO_FLOWS: readonly never[] = [];

export function createTurns<T, G extends string>(groups: readonly G[]): Turns<T, G> {
  /** By group: lines that have items, in ascending order of their numbers. */
  const order = new Map(groups.map((group) => [group, createRotation<Line<T, G>>()]));
  const linesOf = new Map<string, Map<G, Line<T, G>>>();
  const placesOf = new Map<T, Places<T, G>>();
  let lastNumber = 0;

  function lineOf(flow: string, group: G): Line<T, G> {
    const lines = linesOf.get(flow) ?? new Map<G, Line<T, G>>();
    linesOf.set(flow, lines);
    const known = lines.get(group);
    if (known !== undefined) return known;
    lastNumber += 1;
    const line: Line<T, G> = { flow, group, items: createRotation<T>(), number: lastNumber };
    lines.set(group, line);
    order.get(group)?.add(line);
    return line;
  }

  function enter(item: T, flow: string, group: G): Line<T, G> {
    const line = lineOf(flow, group);
    line.items.add(item);
    return line;
  }

  function leave(item: T, line: Line<T, G> | undefined): void {
    if (line === undefined) return;
    line.items.delete(item);
    if (line.items.size > 0) return;
    order.get(line.group)?.delete(line);
    const lines = linesOf.get(line.flow);
    lines?.delete(line.group);
    if (lines?.size === 0) linesOf.delete(line.flow);
  }

  function remove(item: T): readonly string[] {
    const places = placesOf.get(item);
    if (places === undefined) return NO_FLOWS;
    placesOf.delete(item);
    for (const line of places.lines) leave(item, line);
    return places.lines.map(({ flow }) => flow);
  }

  function place(item: T, flows: readonly string[], group: G, number: number): void {
    placesOf.set(item, { number, lines: flows.map((flow) => enter(item, flow, group)) });
  }

  /** The line whose flow had no turn for longest. */
  function firstLine(admits: (group: G) => boolean): Line<T, G> | undefined {
    let first: Line<T, G> | undefined;
    for (const [group, lines] of order) {
      const line = lines.first();
      if (line !== undefined && (first === undefined || line.number < first.number) && admits(group)) first = line;
    }
    return first;
  }

  return {
    put: (item, flow, group) => {
      const places = placesOf.get(item);
      if (places === undefined) {
        lastNumber += 1;
        place(item, [flow], group, lastNumber);
        return;
      }
      if (places.lines[0]?.group !== group) place(item, remove(item), group, places.number);
      const lines = placesOf.get(item)?.lines ?? [];
      if (lines.some((line) => line.flow === flow)) return;
      if (lines.length === MOST_PLACES) leave(item, lines.pop());
      lines.push(enter(item, flow, group));
    },
    has: (item) => placesOf.has(item),
    remove,
    next: (admits) => {
      const first = firstLine(admits);
      if (first === undefined) return undefined;
      const { flow } = first;
      let turn: (Turn<T, G> & { readonly number: number }) | undefined;
      for (const { group, items } of linesOf.get(flow)?.values() ?? []) {
        const item = items.first();
        if (item === undefined || !admits(group)) continue;
        const { number = 0 } = placesOf.get(item) ?? {};
        if (turn === undefined || number < turn.number) turn = { item, flow, group, number };
      }
      return turn;
    },
    served: (flow) => {
      for (const line of linesOf.get(flow)?.values() ?? []) {
        const lines = order.get(line.group);
        lines?.delete(line);
        lastNumber += 1;
        line.number = lastNumber;
        lines?.add(line);
      }
    },
    get size() {
      return placesOf.size;
    },
  };
}
