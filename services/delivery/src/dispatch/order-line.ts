import { type Delivery, lineOf, runKey } from './delivery.ts';
import { createWaitingLine } from './waiting-line.ts';

export interface OrderActions {
  /** The delivery's turn has come. */
  proceed(): void;
  /** An earlier one waits in this retry topic: join it there. */
  wait(topic: number): void;
}

export interface OrderEntry {
  readonly delivery: Delivery;
  readonly actions: OrderActions;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

export interface OrderTimes {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** When a delivery sent to a retry topic must be back, milliseconds from now. */
  readonly backAfterMs: (topic: number) => number;
}

const MAX_HERE = 50;
const MAX_HERE_MS = 5_000;

/** The deliveries of one key in one run. One has its turn at a time; later ones wait here behind it, or in retry topics. */
export class OrderLine {
  readonly partition: number;
  /** Those that wait in retry topics. */
  waiting = createWaitingLine();
  readonly #times: OrderTimes;
  /** The delivery whose turn it is. */
  #current: string | undefined;
  /** Deliveries here, behind the current one, in order. */
  readonly #here: OrderEntry[] = [];

  constructor(partition: number, times: OrderTimes) {
    this.partition = partition;
    this.#times = times;
  }

  /** Whether no delivery has its turn or waits. */
  isEmpty(): boolean {
    return this.#current === undefined && this.#here.length === 0 && this.waiting.first(this.#times.now()) === undefined;
  }

  /** A delivery came: it has its turn, goes after an earlier one to its retry topic, or waits here for the current one. */
  enter(entry: OrderEntry): void {
    const { delivery, actions } = entry;
    const name = runKey(delivery.state);
    this.waiting.remove(name);
    if (this.#current !== undefined) {
      this.#queue(entry);
      return;
    }
    const earlier = this.waiting.first(this.#times.now());
    this.#current = name;
    if (earlier !== undefined && earlier.sequence < delivery.sequence) actions.wait(earlier.topic);
    else actions.proceed();
  }

  /** The turn of that delivery is over, if it is its turn: those that wait here enter again. */
  endTurn(name: string): void {
    if (this.#current !== name) return;
    this.#current = undefined;
    const [next, ...behind] = this.#here.splice(0);
    if (next !== undefined) this.enter(next);
    for (const entry of behind) {
      // Those that waited here long go to a retry topic: a record kept open for longer would hold up its partition.
      if (this.#times.now() - entry.since <= MAX_HERE_MS) this.enter(entry);
      else this.#sendOn(entry);
    }
  }

  /** The delivery is on its way to a retry topic. */
  expect(delivery: Delivery, topic: number): void {
    const expectedBy = this.#times.now() + this.#times.backAfterMs(topic);
    this.waiting.add({ line: lineOf(delivery), delivery: runKey(delivery.state), sequence: delivery.sequence, topic, expectedBy });
  }

  /** Forgets all but a current delivery that `continues`, and gives back those that waited here. */
  forget(continues: (delivery: string) => boolean): readonly OrderEntry[] {
    this.waiting = createWaitingLine();
    if (this.#current !== undefined && !continues(this.#current)) this.#current = undefined;
    return this.#here.splice(0);
  }

  #queue(entry: OrderEntry): void {
    const at = this.#here.findLastIndex(({ delivery }) => delivery.sequence < entry.delivery.sequence) + 1;
    this.#here.splice(at, 0, entry);
    const last = this.#here.length > MAX_HERE ? this.#here.pop() : undefined;
    if (last !== undefined) this.#sendOn(last);
  }

  #sendOn({ delivery, actions }: OrderEntry): void {
    this.expect(delivery, 1);
    actions.wait(1);
  }
}
