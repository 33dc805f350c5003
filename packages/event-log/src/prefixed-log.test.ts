import { describe, expect, it } from 'vitest';
import type { LogRecord, Processor, ProcessorOptions, Step } from './log.ts';
import { createMemoryLog } from './memory-log.ts';
import { prefixNames } from './prefixed-log.ts';
import { eventLogContract } from './testing/event-log-contract.ts';
import type { KafkaLog } from './transactional-log.ts';

const PREFIX = 'acme.';

function unused(): never {
  throw new Error('not part of this test');
}

/** A log of which a test has only some parts. */
const partial = (parts: Partial<KafkaLog>): KafkaLog => ({
  appender: unused,
  reader: unused,
  consumer: unused,
  admin: unused,
  processor: unused,
  fencedWriter: unused,
  applyTopics: unused,
  describeCluster: unused,
  ...parts,
});

eventLogContract('memory log with a prefix', async (topics) => {
  const inner = createMemoryLog({ topics: topics.map((topic) => ({ ...topic, name: `${PREFIX}${topic.name}` })) });
  return { log: prefixNames(partial(inner), PREFIX), stop: async () => undefined };
});

const record: LogRecord = {
  topic: 'acme.in',
  partition: 1,
  offset: 7n,
  timestamp: 5,
  key: Buffer.from('k'),
  value: Buffer.from('v'),
  headers: [],
};
const step: Step = { records: [{ topic: 'out', key: Buffer.from('k'), value: null }], cursor: 'c' };

/** The options that reach the log, and the processor that it gives. */
async function processorWith(options: Partial<ProcessorOptions>) {
  const given: ProcessorOptions[] = [];
  const processor: Processor = {
    assigned: () => [{ topic: 'acme.in', partition: 1 }],
    healthy: () => true,
    stop: async () => undefined,
    done: Promise.resolve(),
  };
  const log = prefixNames(
    partial({
      processor: async (inner) => {
        given.push(inner);
        return processor;
      },
    }),
    PREFIX,
  );
  const opened = await log.processor({ groupId: 'group', topics: ['in'], outputTopics: ['out'], process: () => [], ...options });
  const [inner] = given;
  if (inner === undefined) throw new Error('no processor was opened');
  return { opened, inner };
}

async function all<Each>(steps: Iterable<Each> | AsyncIterable<Each>): Promise<Each[]> {
  const found: Each[] = [];
  for await (const each of steps) found.push(each);
  return found;
}

describe('a processor with a prefix', () => {
  it('has it before its group, so before its transactional id, and before its topics', async () => {
    const { inner, opened } = await processorWith({ instanceId: '1' });
    expect(inner).toMatchObject({ groupId: 'acme.group', topics: ['acme.in'], outputTopics: ['acme.out'], instanceId: '1' });
    expect(opened.assigned()).toEqual([{ topic: 'in', partition: 1 }]);
  });

  it.each<[string, ProcessorOptions['process']]>([
    ['at once', () => [step]],
    [
      'later',
      async function* () {
        yield step;
      },
    ],
  ])('takes steps that are made %s, each with its cursor, and reads records without the prefix', async (_when, process) => {
    const seen: string[] = [];
    const { inner } = await processorWith({
      process: ({ topic }, cursor) => {
        seen.push(`${topic} ${cursor}`);
        return process(record, cursor);
      },
    });
    const expected: Step = { records: [{ topic: 'acme.out', key: Buffer.from('k'), value: null }], cursor: 'c' };
    expect(await all(inner.process(record, 'before'))).toEqual([expected]);
    expect(seen).toEqual(['in before']);
  });

  it('gives steps that are made at once without a promise', async () => {
    const { inner } = await processorWith({ process: () => [step] });
    expect(Symbol.iterator in inner.process(record, undefined)).toBe(true);
  });

  it('reads back without the prefix', async () => {
    const readBack: LogRecord[] = [];
    const { inner } = await processorWith({
      onFenced: async (at, read) => {
        expect(at).toEqual({ topic: 'in', partition: 1, offset: 7n });
        readBack.push(...(await all(read(3n))).flat());
      },
    });
    await inner.onFenced?.({ topic: 'acme.in', partition: 1, offset: 7n }, async function* (from) {
      yield [{ ...record, offset: from }];
    });
    expect(readBack).toEqual([{ ...record, topic: 'in', offset: 3n }]);
  });
});

it('a fenced writer with a prefix has it before its id and its topics', async () => {
  const asked: unknown[] = [];
  const log = prefixNames(
    partial({
      fencedWriter: async (id) => ({
        run: async (decide) => {
          asked.push(id, ...(await decide()));
          return { ok: true, positions: [{ topic: 'acme.installs', partition: 0, offset: 1n }] };
        },
        stop: async () => undefined,
      }),
    }),
    PREFIX,
  );
  const writer = await log.fencedWriter('admin');
  const outcome = await writer.run(async () => [{ topic: 'installs', key: Buffer.from('k'), value: null }]);
  expect(asked).toEqual(['acme.admin', { topic: 'acme.installs', key: Buffer.from('k'), value: null }]);
  expect(outcome).toEqual({ ok: true, positions: [{ topic: 'installs', partition: 0, offset: 1n }] });
});

it('topics are declared with the prefix, and reported as Kafka names them', async () => {
  const asked: unknown[] = [];
  const log = prefixNames(
    partial({
      applyTopics: async (topics, options) => {
        asked.push(topics[0]?.name, [...(options?.lastApplied?.keys() ?? [])], options?.enforce);
        return [{ topic: 'acme.raw', outcome: 'unchanged', differences: [], settings: {} }];
      },
    }),
    PREFIX,
  );
  const topic = { name: 'raw', partitions: 1, cleanup: 'delete', retentionMs: -1 } as const;
  const [applied] = await log.applyTopics([topic], { lastApplied: new Map([['raw', {}]]), enforce: true });
  expect(asked).toEqual(['acme.raw', ['acme.raw'], true]);
  expect(applied?.topic).toBe('acme.raw');
});
