import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Draws that follow from a seed alone. */
export interface Random {
  /** A whole number from `least` to `most`. */
  int(least: number, most: number): number;
  /** True in one of `count` draws. */
  oneIn(count: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
  /** One of the items, each as often as its weight says. */
  weighted<Item>(items: readonly (readonly [weight: number, item: Item])[]): Item;
  shuffled<Item>(items: readonly Item[]): Item[];
  /** A UUID, version 4. */
  uuid(): string;
}

export function createRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  const int = (least: number, most: number): number => uniformInt(generator, least, most);
  const pick = <Item>(items: readonly Item[]): Item => {
    if (items.length === 0) throw new RangeError('there is nothing to pick from');
    return items[int(0, items.length - 1)] as Item;
  };
  return {
    int,
    oneIn: (count) => int(1, count) === 1,
    pick,
    weighted(items) {
      let left = int(
        1,
        items.reduce((sum, [weight]) => sum + weight, 0),
      );
      for (const [weight, item] of items) {
        left -= weight;
        if (left <= 0) return item;
      }
      throw new RangeError('there is nothing to pick from');
    },
    shuffled(items) {
      const left = [...items];
      return items.map(() => left.splice(int(0, left.length - 1), 1)[0] as (typeof items)[number]);
    },
    uuid() {
      const word = (): string => int(0, 0xffff).toString(16).padStart(4, '0');
      const variant = int(0x8000, 0xbfff).toString(16);
      const third = (0x4000 | int(0, 0x0fff)).toString(16);
      return `${word()}${word()}-${word()}-${third}-${variant}-${word()}${word()}${word()}`;
    },
  };
}
