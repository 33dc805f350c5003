import { expect, it } from 'vitest';
import type { FetchAnswer, FetchRequest } from './broker-class.ts';
import { fairFetch } from './fair-fetch.ts';

/** Partitions with a batch that is larger than its share: a broker sends it where it is the first that it is asked for. */
class Stock {
  readonly asked: string[] = [];
  readonly #large: ReadonlySet<string>;
  constructor(large: ReadonlySet<string>) {
    this.#large = large;
  }
  async fetch({ topics }: FetchRequest): Promise<FetchAnswer> {
    this.asked.push(
      topics.flatMap(({ topic, partitions }) => partitions.map((one) => `${topic}/${one.partition} from ${one.fetchOffset}`)).join(', '),
    );
    let first = true;
    return {
      responses: topics.map(({ topic, partitions }) => ({
        topicName: topic,
        partitions: partitions.map(({ partition }) => {
          const sent = first || !this.#large.has(`${topic}/${partition}`);
          first = false;
          return { partition, lastStableOffset: '5', messages: sent ? ['batch'] : [] };
        }),
      })),
    };
  }
}

const Fair = fairFetch(Stock as never) as unknown as typeof Stock;
const at = (topic: string, ...partitions: readonly number[]) => ({
  topic,
  partitions: partitions.map((partition) => ({ partition, fetchOffset: '4' })),
});
const ALL = 'a/0 from 4, a/1 from 4, a/2 from 4, b/0 from 4';
const all: FetchRequest = { topics: [at('a', 0, 1, 2), at('b', 0)] };

const received = ({ responses }: FetchAnswer) =>
  responses.flatMap(({ topicName, partitions }) =>
    partitions.flatMap(({ partition, messages }) => (messages.length > 0 ? [`${topicName}/${partition}`] : [])),
  );

it('asks alone for those that an answer left out until none is, then for all again', async () => {
  const broker = new Fair(new Set(['a/2', 'b/0']));
  expect(received(await broker.fetch(all))).toEqual(['a/0', 'a/1']);
  expect(received(await broker.fetch(all))).toEqual(['a/2']);
  expect(received(await broker.fetch(all))).toEqual(['b/0']);
  await broker.fetch(all);
  expect(broker.asked).toEqual([ALL, 'a/2 from 4, b/0 from 4', 'b/0 from 4', ALL]);
});

it('asks for all again where those that were left out have nothing to send', async () => {
  class Emptied extends Stock {
    override async fetch(request: FetchRequest): Promise<FetchAnswer> {
      const { responses } = await super.fetch(request);
      const without = (partitions: (typeof responses)[number]['partitions']) =>
        partitions.map((one) => (one.partition === 2 ? { ...one, messages: [] } : one));
      return { responses: responses.map(({ topicName, partitions }) => ({ topicName, partitions: without(partitions) })) };
    }
  }
  const broker = new (fairFetch(Emptied as never) as unknown as typeof Stock)(new Set());
  for (let time = 0; time < 3; time += 1) await broker.fetch(all);
  expect(broker.asked).toEqual([ALL, 'a/2 from 4', ALL]);
});

it('does not ask for one that is not wanted any more', async () => {
  const broker = new Fair(new Set(['a/2', 'b/0']));
  await broker.fetch(all);
  await broker.fetch({ topics: [at('a', 0, 1), at('b', 0)] });
  expect(broker.asked.slice(1)).toEqual(['b/0 from 4']);
});

it('asks from where the partition is wanted now', async () => {
  const broker = new Fair(new Set(['b/0']));
  await broker.fetch(all);
  await broker.fetch({ topics: [at('a', 0), { topic: 'b', partitions: [{ partition: 0, fetchOffset: '3' }] }] });
  expect(broker.asked.at(-1)).toBe('b/0 from 3');
});

it('asks for all where all that there is was sent', async () => {
  const broker = new Fair(new Set());
  await broker.fetch(all);
  await broker.fetch({ topics: [{ topic: 'a', partitions: [{ partition: 0, fetchOffset: '5' }] }] });
  await broker.fetch(all);
  expect(broker.asked).toEqual([ALL, 'a/0 from 5', ALL]);
});
