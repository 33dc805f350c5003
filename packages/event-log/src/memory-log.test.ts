import { describe, expect, it } from 'vitest';
import { createMemoryLog } from './memory-log.ts';
import { eventLogContract } from './testing/event-log-contract.ts';
import { createManualClock } from './testing/manual-clock.ts';

eventLogContract('memory log', async (topics) => ({ log: createMemoryLog({ topics }), stop: async () => undefined }));

describe('memory log', () => {
  it('follows the given clock: timestamps and due times need no waiting', async () => {
    const clock = createManualClock(1_000_000);
    const log = createMemoryLog({ topics: [{ name: 'retry', partitions: 1 }], clock });
    const appender = await log.appender();
    const handedOver: [string, number][] = [];
    const consumer = await log.consumer({
      groupId: 'group',
      topics: ['retry'],
      dueAt: (record) => record.timestamp + 3_600_000,
      onRecord({ record, done }) {
        handedOver.push([String(record.value), clock.now()]);
        done();
      },
    });
    await appender.append({ topic: 'retry', key: Buffer.from('k'), value: Buffer.from('first') });
    await clock.advance(1_000);
    await appender.append({ topic: 'retry', key: Buffer.from('k'), value: Buffer.from('second') });
    await clock.advance(3_598_999);
    expect(handedOver).toEqual([]);
    await clock.advance(1);
    expect(handedOver).toEqual([['first', 4_600_000]]);
    await clock.advance(10_000);
    expect(handedOver).toEqual([
      ['first', 4_600_000],
      ['second', 4_601_000],
    ]);
    await consumer.stop();
  });

  it('refuses a second member of a group', async () => {
    const log = createMemoryLog({ topics: [{ name: 'topic', partitions: 1 }] });
    const options = { groupId: 'group', topics: ['topic'], onRecord: () => undefined };
    const consumer = await log.consumer(options);
    await expect(log.consumer(options)).rejects.toThrow('has a member already');
    await consumer.stop();
    await (await log.consumer(options)).stop();
  });
});
