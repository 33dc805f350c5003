import { type Delivery, lineOf, runKey } from './delivery.ts';
import { type OrderActions, type OrderEntry, OrderLine, type OrderTimes } from './order-line.ts';
import type { Waiting } from './waiting-line.ts';

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
   * `continues`, an attempt under way, keeps it: the partition may be back before it is settled.
   */
  forget(partitions: ReadonlySet<number>, continues: (delivery: string) => boolean): readonly Delivery[];
}

export interface OrderGateOptions extends OrderTimes {
  /** What waits in the retry topics of a partition that was assigned to this process. */
  readonly readWaiting: (partition: number) => Promise<readonly Waiting[]>;
  readonly onFailedRead: (partition: number, cause: unknown) => void;
}

/** Reading of a partition's retry topics that has not ended. */
interface Reading {
  readonly entries: OrderEntry[];
  /** Deliveries that came here while it reads: where the reading finds them they do not wait any more. */
  readonly came: Set<string>;
}

const REREAD_MS = 1_000;

export function createOrderGate(options: OrderGateOptions): OrderGate {
  const { readWaiting, onFailedRead, now } = options;
  const lines = new Map<string, OrderLine>();
  /** Partitions of this process; without a reading once it is known what waits in their retry topics. */
  const partitions = new Map<number, { reading: Reading | undefined }>();

  function line(name: string, partition: number): OrderLine {
    const known = lines.get(name);
    if (known !== undefined) return known;
    const created = new OrderLine(partition, options);
    lines.set(name, created);
    return created;
  }

  const enter = (entry: OrderEntry) => line(lineOf(entry.delivery), entry.delivery.record.partition).enter(entry);

  function load(partition: number): void {
    const state = partitions.get(partition);
    const reading = state?.reading;
    if (state === undefined || reading === undefined) return;
    // Lost and returned, the partition is read again from scratch: what was found before says nothing.
    const current = (): boolean => partitions.get(partition) === state;
    readWaiting(partition).then(
      (waiting) => {
        if (!current()) return;
        state.reading = undefined;
        for (const one of waiting) {
          if (!reading.came.has(one.delivery)) line(one.line, partition).waiting.add(one);
        }
        for (const entry of reading.entries) enter(entry);
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
      if (state.reading === undefined) return enter(entry);
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
      if (of.isEmpty()) lines.delete(name);
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
      if (waits) of.expect(delivery, topic);
      else of.waiting.remove(key);
      of.endTurn(key);
      if (of.isEmpty()) lines.delete(name);
    },
    forget: (lost, continues) => {
      const dropped: OrderEntry[] = [];
      for (const partition of lost) {
        dropped.push(...(partitions.get(partition)?.reading?.entries ?? []));
        partitions.delete(partition);
      }
      for (const [name, of] of lines) {
        if (!lost.has(of.partition)) continue;
        dropped.push(...of.forget(continues));
        if (of.isEmpty()) lines.delete(name);
      }
      return dropped.map(({ delivery }) => delivery);
    },
  };
}
