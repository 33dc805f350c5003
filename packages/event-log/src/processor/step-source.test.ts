import { expect, it } from 'vitest';
import type { LogRecord } from '../log.ts';
import { createRecordBuffer } from './record-buffer.ts';
import { createStepSource } from './step-source.ts';

const record: LogRecord = { topic: 'in', partition: 0, offset: 4n, timestamp: 0, key: null, value: null, headers: [] };

function setUp() {
  const buffer = createRecordBuffer();
  buffer.add([record]);
  const calls: string[] = [];
  const source = createStepSource(buffer, async function* (_record, cursor) {
    calls.push(`begun after ${cursor}`);
    try {
      yield { records: [], cursor: 'a' };
      yield { records: [], cursor: 'b' };
      yield { records: [] };
    } finally {
      calls.push('closed');
    }
  });
  source.restart({ offset: 4n });
  return { source, calls };
}

it('gives the same step until it is taken, and asks for the steps of a record once', async () => {
  const { source, calls } = setUp();
  expect(await source.peek()).toBe(await source.peek());
  source.take();
  expect((await source.peek())?.next).toEqual({ offset: 4n, cursor: 'b' });
  source.take();
  expect((await source.peek())?.next).toEqual({ offset: 5n });
  source.take();
  expect(await source.peek()).toBeUndefined();
  expect(calls).toEqual(['begun after undefined', 'closed']);
});

it('closes the steps that were begun and begins at the cursor when it is restarted', async () => {
  const { source, calls } = setUp();
  await source.peek();
  source.restart({ offset: 4n, cursor: 'x' });
  await source.peek();
  expect(calls.toSorted()).toEqual(['begun after undefined', 'begun after x', 'closed']);
});

it('counts the bytes of keys, values and headers, names included', async () => {
  const buffer = createRecordBuffer();
  buffer.add([record]);
  const out = { topic: 'out', key: Buffer.from('é'), value: Buffer.alloc(10), headers: [['name', Buffer.alloc(3)]] as const };
  const source = createStepSource(buffer, () => [{ records: [out, { ...out, value: null, headers: [] }] }]);
  source.restart({ offset: 0n });
  expect((await source.peek())?.bytes).toBe(2 + 10 + 4 + 3 + 2);
});

it('gives the steps taken since the last commit again, and continues with the next one', async () => {
  const { source, calls } = setUp();
  const take = async () => {
    const cursor = (await source.peek())?.next.cursor;
    source.take();
    return cursor;
  };
  expect(await take()).toBe('a');
  source.committed();
  expect([await take(), (await source.peek())?.next]).toEqual(['b', { offset: 5n }]);
  source.rewind();
  expect([await take(), await take()]).toEqual(['b', undefined]);
  expect(await source.peek()).toBeUndefined();
  expect(calls).toEqual(['begun after undefined', 'closed']);
});

it('rejects until it is restarted once process has thrown, so that the record is not taken for done', async () => {
  const buffer = createRecordBuffer();
  buffer.add([record]);
  let broken = true;
  const source = createStepSource(buffer, function* () {
    if (broken) throw new Error('broken');
    yield { records: [] };
  });
  source.restart({ offset: 4n });
  await expect(source.peek()).rejects.toThrow('broken');
  broken = false;
  await expect(source.peek()).rejects.toThrow('broken');
  source.restart({ offset: 4n });
  expect((await source.peek())?.next).toEqual({ offset: 5n });
});
