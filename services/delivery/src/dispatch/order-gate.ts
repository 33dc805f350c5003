import type { Delivery } from './delivery.ts';
import { lineOf, runKey } from './delivery.ts';
import { createWaitingLine, type Waiting, type WaitingLine } from './waiting-line.ts';

export interface OrderActions {
  /** The delivery's turn has come. */
  proceed(): void;
  /** An earlier one waits in this retry topic: join it there. */
  wait(topic: number): void;
}

/**
 * Keeps the deliveries of a conversation in the order of their pending records, for webhooks that ask for it: one at a
 * time, and none while an earlier one waits in a retry topic.
 */
export interface OrderGate {
  enter(delivery: Delivery, actions: OrderActions): void;
  /** The delivery goes without a turn, for its webhook asks for no order now: none waits behind it any more. */
  pass(delivery: Delivery): void;
  /** The step of a delivery that entered is durable; `topic` is the retry topic it went to, undefined where it ended. */
  settled(delivery: Delivery, topic: number | undefined): void;
  /**
   * Forgets these partitions and gives back the deliveries of theirs that wait here for their turn. One whose turn it is and that
   * `goesOn`, an attempt under way, keeps it: the partition may be back before it is settled.
   */
  forget(partitions: ReadonlySet<number>, goesOn: (delivery: string) => boolean): readonly Delivery[];
}

export interface OrderGateOptions {
  /** What waits in the retry topics of a partition that was assigned to this process. */
  readonly readWaiting: (partition: number) => Promise<readonly Waiting[]>;
  readonly onFailedRead: (partition: number, cause: unknown) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** When a delivery sent to a retry topic must be back, milliseconds from now. */
  readonly backAfterMs: (topic: number) => number;
}

interface Entry {
  readonly delivery: Delivery;
  readonly actions: OrderActions;
  readonly since: number;
}

/** Reading of a partition's retry topics that has not ended. */
interface Reading {
  readonly entries: Entry[];
  /** Deliveries that came here meanwhile: where the reading finds them they do not wait any more. */
  readonly came: Set<string>;
}

interface Line {
  readonly partition: number;
  /** The delivery whose turn it is. */
  current: string | undefined;
  /** Deliveries here, behind the current one, in order. */
  readonly here: Entry[];
  /** Those that wait in retry topics. */
  waiting: WaitingLine;
}

const MAX_HERE = 50;
const MAX_HERE_MS = 5_000;
const REREAD_MS = 1_000;

export function createOrderGate({ readWaiting, onFailedRead, now, backAfterMs }: OrderGateOptions): OrderGate {
  const lines = new Map<string, Line>();
  /** Partitions of this process; without a reading once it is known what waits in their retry topics. */
  const partitions = new Map<number, { reading: Reading | undefined }>();

  function line(name: string, partition: number): Line {
    const known = lines.get(name);
    if (known !== undefined) return known;
    const created: Line = { partition, current: undefined, here: [], waiting: createWaitingLine() };
    lines.set(name, created);
    return created;
  }

  function expect(of: Line, delivery: Delivery, topic: number): void {
    const expectedBy = now() + backAfterMs(topic);
    of.waiting.add({ line: lineOf(delivery), delivery: runKey(delivery.state), sequence: delivery.sequence, topic, expectedBy });
  }

  function sendOn(of: Line, { delivery, actions }: Entry): void {
    expect(of, delivery, 1);
    actions.wait(1);
  }

  function queue(of: Line, entry: Entry): void {
    const at = of.here.findLastIndex(({ delivery }) => delivery.sequence < entry.delivery.sequence) + 1;
    of.here.splice(at, 0, entry);
    if (of.here.length <= MAX_HERE) return;
    const last = of.here.pop();
    if (last !== undefined) sendOn(of, last);
  }

  function consider(entry: Entry): void {
    const { delivery, actions } = entry;
    const of = line(lineOf(delivery), delivery.record.partition);
    const name = runKey(delivery.state);
    of.waiting.remove(name);
    if (of.current !== undefined) {
      queue(of, entry);
      return;
    }
    const earlier = of.waiting.first(now());
    of.current = name;
    if (earlier !== undefined && earlier.sequence < delivery.sequence) actions.wait(earlier.topic);
    else actions.proceed();
  }

  function tidy(name: string, of: Line): void {
    if (of.current === undefined && of.here.length === 0 && of.waiting.first(now()) === undefined) lines.delete(name);
  }

  function load(partition: number): void {
    const state = partitions.get(partition);
    const reading = state?.reading;
    if (state === undefined || reading === undefined) return;
    // Lost and returned, the partition is read anew: what was found before says nothing.
    const current = (): boolean => partitions.get(partition) === state;
    readWaiting(partition).then(
      (waiting) => {
        if (!current()) return;
        state.reading = undefined;
        for (const one of waiting) {
          if (!reading.came.has(one.delivery)) line(one.line, partition).waiting.add(one);
        }
        for (const entry of reading.entries) consider(entry);
      },
      (cause: unknown) => {
        onFailedRead(partition, cause);
        setTimeout(() => {
          if (current()) load(partition);
        }, REREAD_MS).unref();
      },
    );
  }

  return {
    enter: (delivery, actions) => {
      const entry = { delivery, actions, since: now() };
      const { partition } = delivery.record;
      const known = partitions.get(partition);
      const state = known ?? { reading: { entries: [], came: new Set<string>() } };
      partitions.set(partition, state);
      if (state.reading === undefined) return consider(entry);
      state.reading.entries.push(entry);
      state.reading.came.add(runKey(delivery.state));
      if (known === undefined) load(partition);
    },
    pass: (delivery) => {
      partitions.get(delivery.record.partition)?.reading?.came.add(runKey(delivery.state));
      // Where no webhook asks for an order, no name is made for each delivery.
      if (lines.size === 0) return;
      const name = lineOf(delivery);
      const of = lines.get(name);
      if (of === undefined) return;
      of.waiting.remove(runKey(delivery.state));
      tidy(name, of);
    },
    settled: (delivery, topic) => {
      const name = lineOf(delivery);
      const key = runKey(delivery.state);
      const state = partitions.get(delivery.record.partition);
      state?.reading?.came.add(key);
      // Where it waits in a partition that was lost is for its owner to know.
      const waits = topic !== undefined && state !== undefined;
      const of = waits ? line(name, delivery.record.partition) : lines.get(name);
      if (of === undefined) return;
      if (waits) expect(of, delivery, topic);
      else of.waiting.remove(key);
      if (of.current === key) {
        of.current = undefined;
        const [next, ...behind] = of.here.splice(0);
        if (next !== undefined) consider(next);
        for (const entry of behind) {
          // Those that stood here long go to a retry topic: a record kept open for longer would hold up its partition.
          if (now() - entry.since <= MAX_HERE_MS) consider(entry);
          else sendOn(of, entry);
        }
      }
      tidy(name, of);
    },
    forget: (lost, goesOn) => {
      const dropped: Entry[] = [];
      for (const partition of lost) {
        dropped.push(...(partitions.get(partition)?.reading?.entries ?? []));
        partitions.delete(partition);
      }
      for (const [name, of] of lines) {
        if (!lost.has(of.partition)) continue;
        dropped.push(...of.here.splice(0));
        of.waiting = createWaitingLine();
        if (of.current === undefined || !goesOn(of.current)) lines.delete(name);
      }
      return dropped.map(({ delivery }) => delivery);
    },
  };
}
