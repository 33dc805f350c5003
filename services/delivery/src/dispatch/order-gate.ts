import type { Delivery } from './delivery.ts';
import { lineOf, positionText, runKey } from './delivery.ts';
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
  /** The delivery's step is durable; `topic` is the retry topic it went to, undefined where it ended. */
  settled(delivery: Delivery, topic: number | undefined): void;
  /** Forgets these partitions and gives back the deliveries of theirs that wait here for their turn. */
  forget(partitions: ReadonlySet<number>): readonly Delivery[];
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

interface Line {
  readonly partition: number;
  /** The delivery whose turn it is. */
  current: string | undefined;
  /** Deliveries here, behind the current one, in order. */
  here: Entry[];
  readonly waiting: WaitingLine;
}

const MAX_HERE = 50;
const MAX_HERE_MS = 5_000;
const REREAD_MS = 1_000;

export function createOrderGate({ readWaiting, onFailedRead, now, backAfterMs }: OrderGateOptions): OrderGate {
  const lines = new Map<string, Line>();
  /** Entries of partitions whose retry topics are being read; undefined once they are known. */
  const partitions = new Map<number, { unread: Entry[] | undefined }>();

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

  function load(partition: number): void {
    readWaiting(partition).then(
      (waiting) => {
        const state = partitions.get(partition);
        if (state?.unread === undefined) return;
        const entries = state.unread;
        state.unread = undefined;
        const back = new Set(entries.map(({ delivery }) => positionText(delivery.record)));
        for (const one of waiting) {
          if (one.position === undefined || !back.has(one.position)) line(one.line, partition).waiting.add(one);
        }
        for (const entry of entries) consider(entry);
      },
      (cause: unknown) => {
        onFailedRead(partition, cause);
        setTimeout(() => {
          if (partitions.get(partition)?.unread !== undefined) load(partition);
        }, REREAD_MS).unref();
      },
    );
  }

  return {
    enter: (delivery, actions) => {
      const entry = { delivery, actions, since: now() };
      const { partition } = delivery.record;
      const state = partitions.get(partition);
      if (state === undefined) {
        partitions.set(partition, { unread: [entry] });
        load(partition);
      } else if (state.unread === undefined) consider(entry);
      else state.unread.push(entry);
    },
    settled: (delivery, topic) => {
      const name = lineOf(delivery);
      const of = lines.get(name);
      if (of === undefined) return;
      if (topic !== undefined) expect(of, delivery, topic);
      if (of.current !== runKey(delivery.state)) return;
      of.current = undefined;
      const entries = of.here.splice(0);
      const [next, ...behind] = entries;
      if (next !== undefined) consider(next);
      for (const entry of behind) {
        // Those that stood here long go to a retry topic: a record kept open for longer would hold up its partition.
        if (now() - entry.since <= MAX_HERE_MS) consider(entry);
        else sendOn(of, entry);
      }
      if (of.current === undefined && of.here.length === 0 && of.waiting.first(now()) === undefined) lines.delete(name);
    },
    forget: (lost) => {
      const dropped: Entry[] = [];
      for (const partition of lost) {
        dropped.push(...(partitions.get(partition)?.unread ?? []));
        partitions.delete(partition);
      }
      for (const [name, of] of lines) {
        if (!lost.has(of.partition)) continue;
        dropped.push(...of.here);
        lines.delete(name);
      }
      return dropped.map(({ delivery }) => delivery);
    },
  };
}
