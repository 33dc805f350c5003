/** A queue whose ends cost the same however long it is. */
export interface Fifo<T> {
  readonly length: number;
  push(item: T): void;
  peek(): T | undefined;
  shift(): T | undefined;
  /** Takes out what the predicate names, keeping the order of the rest. */
  remove(predicate: (item: T) => boolean): T[];
}

const COMPACT_AT = 1_024;

export function createFifo<T>(): Fifo<T> {
  let items: T[] = [];
  let head = 0;
  return {
    get length() {
      return items.length - head;
    },
    push: (item) => {
      items.push(item);
    },
    peek: () => items[head],
    shift: () => {
      if (head >= items.length) return undefined;
      const item = items[head++];
      if (head === items.length || head >= COMPACT_AT) {
        items = items.slice(head);
        head = 0;
      }
      return item;
    },
    remove: (predicate) => {
      const live = items.slice(head);
      head = 0;
      items = live.filter((item) => !predicate(item));
      return live.filter(predicate);
    },
  };
}
