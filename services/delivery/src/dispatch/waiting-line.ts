/** A delivery of an ordered webhook that waits in a retry topic. */
export interface Waiting {
  /** Key and run: the line it stands in. */
  readonly line: string;
  /** The delivery and its run. */
  readonly delivery: string;
  /** Place in the line: offset of its pending record. */
  readonly sequence: bigint;
  /** Number of the retry topic, from 1. */
  readonly topic: number;
  /** After this time it is taken to have gone another way, milliseconds since the epoch. */
  readonly expectedBy: number;
}

/** Deliveries of one line that wait in retry topics, by their place in it. */
export interface WaitingLine {
  /** Adds one, or moves it to another topic. */
  add(one: Waiting): void;
  remove(delivery: string): void;
  /** The earliest; those that are overdue at `now` are taken to have gone another way and forgotten. */
  first(now: number): Waiting | undefined;
}

export function createWaitingLine(): WaitingLine {
  const ordered: Waiting[] = [];
  const known = new Map<string, Waiting>();

  /** Index of the first that does not come before the sequence. */
  const indexOf = (sequence: bigint) => {
    let low = 0;
    let high = ordered.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ordered[middle]?.sequence ?? 0n) < sequence) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  const remove = (delivery: string) => {
    const old = known.get(delivery);
    if (old === undefined) return;
    known.delete(delivery);
    let index = indexOf(old.sequence);
    while (index < ordered.length && ordered[index] !== old) index++;
    ordered.splice(index, 1);
  };

  return {
    add: (one) => {
      remove(one.delivery);
      known.set(one.delivery, one);
      ordered.splice(indexOf(one.sequence), 0, one);
    },
    remove,
    first: (now) => {
      for (;;) {
        const [earliest] = ordered;
        if (earliest === undefined || earliest.expectedBy >= now) return earliest;
        remove(earliest.delivery);
      }
    },
  };
}
