import type { LogRecord, Step } from '@switchboard/event-log';
import { expect, it } from 'vitest';
import { createOpenRecords } from './open-records.ts';

const record: LogRecord = { topic: 'in', partition: 0, offset: 0n, timestamp: 0, key: null, value: null, headers: [] };

async function take(steps: AsyncIterator<Step> | Iterator<Step>): Promise<unknown> {
  return (await steps.next()).value;
}

it('has a record from its first step to its last one', async () => {
  const records = createOpenRecords();
  const process = records.around(() => [{ records: [], cursor: 'a' }, { records: [], cursor: 'b' }, { records: [] }]);
  const steps = (process(record, undefined) as AsyncIterable<Step>)[Symbol.asyncIterator]();
  const seen: boolean[] = [records.some()];
  for (let step = await take(steps); step !== undefined; step = await take(steps)) seen.push(records.some());
  expect(seen).toEqual([false, true, true, false]);
});

it('has none of which processing was ended before its last step', async () => {
  const records = createOpenRecords();
  const process = records.around(() => [{ records: [], cursor: 'a' }, { records: [] }]);
  const steps = (process(record, undefined) as AsyncIterable<Step>)[Symbol.asyncIterator]();
  await take(steps);
  expect(records.some()).toBe(true);
  await steps.return?.();
  expect(records.some()).toBe(false);
});
