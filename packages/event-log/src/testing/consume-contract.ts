import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Appender, EventLog } from '../log.ts';
import {
  appendAll,
  collectingConsumer,
  eventually,
  expectCommitted,
  type LogFactory,
  outRecord,
  text,
  uniqueName,
} from './contract-parts.ts';

/** What consumers of every log promise, as long as their group has one member. */
export function consumeContract(factory: LogFactory): void {
  describe('consumer', () => {
    const names = Array.from({ length: 9 }, (_, index) => uniqueName(`consume${index}`));
    const [kept, restarted, capped, dueTopic, otherTopic, drained, broken, spread, large] = names as [
      string,
      string,
      string,
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    let log: EventLog;
    let appender: Appender;
    let stop: () => Promise<void>;

    beforeAll(async () => {
      ({ log, stop } = await factory(names.map((name) => ({ name, partitions: name === spread ? 4 : 1 }))));
      appender = await log.appender();
    });
    afterAll(async () => {
      await appender.stop();
      await stop();
    });

    const append = (topic: string, values: readonly string[]) =>
      appendAll(
        appender,
        values.map((value) => outRecord(topic, 'k', value)),
      );

    it('hands over everything from the beginning and what comes later, in order within a partition', async () => {
      const records = Array.from({ length: 80 }, (_, index) => outRecord(spread, `key ${index}`, `value ${index}`));
      await appendAll(appender, records.slice(0, 40));
      const { consumer, given, values } = await collectingConsumer(log, {
        groupId: uniqueName('group'),
        topics: [spread],
        finish: () => true,
      });
      await eventually(() => expect(given).toHaveLength(40));
      expect(consumer.healthy()).toBe(true);
      expect(consumer.mayBegin()).toBe(true);
      expect(consumer.assigned()).toHaveLength(4);
      await appendAll(appender, records.slice(40));
      await eventually(() => expect(given).toHaveLength(80));
      expect(values().sort()).toEqual(records.map((record) => String(record.value)).sort());
      for (const { partition } of consumer.assigned()) {
        const offsets = given.filter((record) => record.partition === partition).map(({ offset }) => offset);
        expect(offsets).toEqual([...offsets].sort((a, b) => (a < b ? -1 : 1)));
      }
      await consumer.stop();
    });

    it('commits up to the first record that is not done, and not beyond', async () => {
      const groupId = uniqueName('group');
      await append(kept, ['a', 'b', 'c', 'd']);
      const { consumer, open, finish } = await collectingConsumer(log, { groupId, topics: [kept] });
      await eventually(() => expect([...open.keys()]).toEqual(['a', 'b', 'c', 'd']));
      finish('a');
      finish('c');
      await expectCommitted(log, groupId, kept, 1n);
      finish('b');
      await expectCommitted(log, groupId, kept, 3n);
      finish('d');
      await expectCommitted(log, groupId, kept, 4n);
      await consumer.stop();
    });

    it('repeats after a restart what was not done, and nothing that was', async () => {
      const groupId = uniqueName('group');
      await append(restarted, ['a', 'b', 'c', 'd', 'e']);
      const first = await collectingConsumer(log, {
        groupId,
        topics: [restarted],
        finish: (record) => ['a', 'c', 'e'].includes(text(record)),
      });
      await eventually(() => expect([...first.open.keys()]).toEqual(['b', 'd']));
      await first.consumer.stop({ drainMs: 10 });
      first.finish('b');
      const second = await collectingConsumer(log, { groupId, topics: [restarted], finish: () => true });
      await append(restarted, ['f']);
      await eventually(() => expect(second.values()).toEqual(['b', 'd', 'f']));
      await expectCommitted(log, groupId, restarted, 6n);
      await second.consumer.stop();
      const third = await collectingConsumer(log, { groupId, topics: [restarted], finish: () => true });
      await append(restarted, ['g']);
      await eventually(() => expect(third.values()).toEqual(['g']));
      await third.consumer.stop();
    });

    it('has no more records of a partition open than it may', async () => {
      const values = Array.from({ length: 50 }, (_, index) => `value ${index}`);
      await append(capped, values);
      let most = 0;
      const { consumer, given, open, finish } = await collectingConsumer(log, {
        groupId: uniqueName('group'),
        topics: [capped],
        maxOpenPerPartition: 7,
      });
      await eventually(() => expect(open.size).toBe(7));
      // Out of order, so that the window and not the order decides.
      while (given.length < 50) {
        most = Math.max(most, open.size);
        finish([...open.keys()].at(-1) as string);
        if (open.size <= 3) await eventually(() => expect(open.size > 3 || given.length === 50).toBe(true));
      }
      expect(most).toBe(7);
      expect(new Set(given.map(text)).size).toBe(50);
      for (const value of [...open.keys()]) finish(value);
      await consumer.stop();
    });

    it('has no more bytes of a partition open than it may, and lets a larger record in alone', async () => {
      const values = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(400));
      await append(large, [...values, 'e'.repeat(2_000), 'f']);
      const { consumer, open, finish } = await collectingConsumer(log, {
        groupId: uniqueName('group'),
        topics: [large],
        maxOpenBytesPerPartition: 1_000,
      });
      const expectOpen = (letters: string) => eventually(() => expect([...open.keys()].map((value) => value[0]).join('')).toBe(letters));
      await expectOpen('ab');
      for (const value of values.slice(0, 2)) finish(value);
      await expectOpen('cd');
      for (const value of values.slice(2)) finish(value);
      await expectOpen('e');
      finish('e'.repeat(2_000));
      await expectOpen('f');
      finish('f');
      await consumer.stop();
    });

    it('hands no record over before it is due, keeps the order and lets other topics go on', async () => {
      const handedOver: { value: string; at: number }[] = [];
      let start = 0;
      const due = (index: number): number => start + 2_000 + index * 150;
      const consumer = await log.consumer({
        groupId: uniqueName('group'),
        topics: [dueTopic, otherTopic],
        dueAt: (record) => (record.topic === dueTopic ? due(Number(record.offset)) : undefined),
        onRecord({ record, done }) {
          handedOver.push({ value: text(record), at: Date.now() });
          done();
        },
      });
      // Not before: joining a group takes its time, and what is due by then would not be held back.
      await eventually(() => expect(consumer.assigned()).toHaveLength(2));
      start = Date.now();
      await append(dueTopic, ['due 1', 'due 2', 'due 3']);
      await append(otherTopic, ['at once']);
      await eventually(() => expect(handedOver.map(({ value }) => value)).toEqual(['at once', 'due 1', 'due 2', 'due 3']));
      for (const [index, { at }] of handedOver.slice(1).entries()) expect(at).toBeGreaterThanOrEqual(due(index));
      await consumer.stop();
    });

    it('waits on stop for what is open, commits it and takes nothing new', async () => {
      const groupId = uniqueName('group');
      await append(drained, ['a', 'b']);
      const { consumer, open, finish, values } = await collectingConsumer(log, { groupId, topics: [drained] });
      await eventually(() => expect(open.size).toBe(2));
      const stopping = consumer.stop({ drainMs: 10_000 });
      await append(drained, ['c']);
      finish('b');
      finish('a');
      await stopping;
      await consumer.done;
      expect(consumer.healthy()).toBe(false);
      expect(values()).toEqual(['a', 'b']);
      await expectCommitted(log, groupId, drained, 2n);
    });

    it('ends with the error of its handler and does not commit the record', async () => {
      const groupId = uniqueName('group');
      await append(broken, ['good', 'bad', 'good too']);
      const cause = new Error('cannot enqueue');
      const consumer = await log.consumer({
        groupId,
        topics: [broken],
        onRecord({ record, done }) {
          if (text(record) === 'bad') throw cause;
          done();
        },
      });
      await expect(consumer.done).rejects.toMatchObject({ code: 'ERR_LOG_HANDLER_FAILED', cause });
      expect(consumer.healthy()).toBe(false);
      await consumer.stop();
      const { consumer: next, values } = await collectingConsumer(log, { groupId, topics: [broken], finish: () => true });
      await eventually(() => expect(values()).toContain('bad'));
      await next.stop();
    });

    it('refuses an unknown topic', async () => {
      const opening = log.consumer({ groupId: uniqueName('group'), topics: [uniqueName('absent')], onRecord: () => undefined });
      await expect(opening).rejects.toMatchObject({ code: 'ERR_LOG_UNKNOWN_TOPIC' });
    });

    it('has committed nothing in a group that never was', async () => {
      const admin = await log.admin();
      expect(await admin.committed(uniqueName('group'), kept)).toEqual([]);
      await admin.stop();
    });
  });
}
