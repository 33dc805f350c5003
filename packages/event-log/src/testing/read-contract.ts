import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Appender, EventLog, LogRecord, ReadFrom } from '../log.ts';
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

const PARTITIONS = 3;
const AT = 1_750_000_000_000;

/** What readers of every log promise. */
export function readContract(factory: LogFactory): void {
  describe('reader', () => {
    const topic = uniqueName('read');
    const empty = uniqueName('empty');
    const written = Array.from({ length: 90 }, (_, index) =>
      outRecord(topic, `key ${index}`, `value ${index}`, { partition: index % PARTITIONS, timestamp: AT + index * 1_000 }),
    );
    let log: EventLog;
    let appender: Appender;
    let stop: () => Promise<void>;

    beforeAll(async () => {
      ({ log, stop } = await factory([
        { name: topic, partitions: PARTITIONS },
        { name: empty, partitions: PARTITIONS },
      ]));
      appender = await log.appender();
      await appendAll(appender, written);
    });
    afterAll(async () => {
      await appender.stop();
      await stop();
    });

    async function readFrom(from: ReadFrom, topics = [topic]) {
      const records: LogRecord[] = [];
      const reader = await log.reader({ topics, from, onRecords: (batch) => void records.push(...batch) });
      await reader.caughtUp;
      return { reader, records };
    }

    it('hands over every record of every partition once and in order, and then what is written later', async () => {
      const { reader, records } = await readFrom('beginning');
      expect(records.map(text).sort()).toEqual(written.map((record) => String(record.value)).sort());
      for (let partition = 0; partition < PARTITIONS; partition += 1) {
        const offsets = records.filter((record) => record.partition === partition).map(({ offset }) => offset);
        expect(offsets).toEqual(offsets.map((_, index) => BigInt(index)));
      }
      const later = uniqueName('later');
      await appendAll(appender, [outRecord(empty, 'k', 'elsewhere'), outRecord(topic, 'k', later, { timestamp: AT - 1 })]);
      await eventually(() => expect(records.map(text)).toContain(later));
      expect(records.map(text)).not.toContain('elsewhere');
      await reader.stop();
    });

    it('keeps key, value, timestamp, headers and tombstones', async () => {
      const headers = [
        ['a', Buffer.from('1')],
        ['b', Buffer.from([0, 255])],
        ['a', Buffer.from('2')],
      ] as const;
      await appender.append({ topic: empty, key: Buffer.from('kept'), value: null, headers, timestamp: AT + 5 });
      const { reader, records } = await readFrom('beginning', [empty]);
      const found = records.find((record) => String(record.key) === 'kept');
      expect(found).toMatchObject({ value: null, timestamp: AT + 5 });
      const byName = (name: string): string[] =>
        (found?.headers ?? []).filter(([each]) => each === name).map(([, value]) => value.toString('hex'));
      expect(byName('a')).toEqual(['31', '32']);
      expect(byName('b')).toEqual(['00ff']);
      await reader.stop();
    });

    it('reads from the end exactly what is written after it was created', async () => {
      for (let round = 0; round < 5; round += 1) {
        const before = uniqueName('before');
        const after = uniqueName('after');
        await appendAll(
          appender,
          [0, 1, 2].map((partition) => outRecord(topic, 'k', before, { partition, timestamp: AT - 1 })),
        );
        const { reader, records } = await readFrom('end');
        await appendAll(
          appender,
          [0, 1, 2].map((partition) => outRecord(topic, 'k', after, { partition, timestamp: AT - 1 })),
        );
        await eventually(() => expect(records.map(text)).toEqual([after, after, after]));
        await reader.stop();
      }
    });

    it('reads from a timestamp', async () => {
      const { reader, records } = await readFrom({ timestamp: AT + 60_000 });
      const values = records.map(text).filter((value) => value.startsWith('value'));
      expect(values.sort()).toEqual(
        written
          .slice(60)
          .map((record) => String(record.value))
          .sort(),
      );
      await reader.stop();
      const beyond = await readFrom({ timestamp: AT + 10_000_000 });
      expect(beyond.records).toEqual([]);
      await beyond.reader.stop();
    });

    it('reads from given offsets, and partitions not named from the beginning', async () => {
      const { reader, records } = await readFrom({
        offsets: [
          { topic, partition: 1, offset: 25n },
          { topic, partition: 2, offset: 0n },
        ],
      });
      const first = (partition: number): bigint | undefined => records.find((record) => record.partition === partition)?.offset;
      expect([first(0), first(1), first(2)]).toEqual([0n, 25n, 0n]);
      await reader.stop();
    });

    it('reads the history of a live group and leaves its committed offsets alone', async () => {
      const shared = uniqueName('shared');
      const own = await factory([{ name: shared, partitions: 1 }]);
      const groupId = uniqueName('group');
      const writer = await own.log.appender();
      const values = ['a', 'b', 'c', 'd'];
      await appendAll(
        writer,
        values.map((value) => outRecord(shared, 'k', value)),
      );
      const { consumer, given, open, finish } = await collectingConsumer(own.log, { groupId, topics: [shared] });
      await eventually(() => expect(open.size).toBe(4));
      finish('a');
      finish('b');
      await expectCommitted(own.log, groupId, shared, 2n);

      const read: string[] = [];
      const reader = await own.log.reader({
        topics: [shared],
        from: 'beginning',
        onRecords: (batch) => void read.push(...batch.map(text)),
      });
      await reader.caughtUp;
      expect(read).toEqual(values);
      await expectCommitted(own.log, groupId, shared, 2n);
      await reader.stop();
      await expectCommitted(own.log, groupId, shared, 2n);

      // The group goes on as if nobody had read.
      finish('c');
      finish('d');
      await expectCommitted(own.log, groupId, shared, 4n);
      expect(given.map(text)).toEqual(values);
      await Promise.all([consumer.stop(), writer.stop()]);
      await own.stop();
    });

    it('has caught up with an empty topic at once', async () => {
      const unused = uniqueName('unused');
      const own = await factory([{ name: unused, partitions: 2 }]);
      const reader = await own.log.reader({ topics: [unused], from: 'beginning', onRecords: () => undefined });
      await reader.caughtUp;
      await reader.stop();
      await own.stop();
    });

    it('waits for the handler before the next batch of a partition', async () => {
      let busy = 0;
      let most = 0;
      let count = 0;
      const reader = await log.reader({
        topics: [topic],
        from: { offsets: [0, 1, 2].map((partition) => ({ topic, partition, offset: partition === 0 ? 0n : 1_000_000n })).slice(0, 1) },
        async onRecords(records) {
          if (records[0]?.partition !== 0) return;
          busy += 1;
          most = Math.max(most, busy);
          await delay(5);
          count += records.length;
          busy -= 1;
        },
      });
      await reader.caughtUp;
      await appendAll(
        appender,
        Array.from({ length: 20 }, () => outRecord(topic, 'k', 'slow', { partition: 0, timestamp: AT - 1 })),
      );
      const admin = await log.admin();
      const [end] = await admin.endOffsets(topic);
      await eventually(() => expect(BigInt(count)).toBe(end?.offset));
      expect(most).toBe(1);
      await admin.stop();
      await reader.stop();
    });

    it('hands nothing over after stop, and is done then', async () => {
      const { reader, records } = await readFrom('end');
      await reader.stop();
      await reader.done;
      await appendAll(appender, [outRecord(topic, 'k', 'too late', { timestamp: AT - 1 })]);
      await (await readFrom('beginning')).reader.stop();
      expect(records).toEqual([]);
    });

    it('ends with the error of its handler', async () => {
      const cause = new Error('no room');
      const reader = await log.reader({ topics: [topic], from: 'beginning', onRecords: () => Promise.reject(cause) });
      await expect(reader.done).rejects.toMatchObject({ code: 'ERR_LOG_HANDLER_FAILED', cause });
      await expect(reader.caughtUp).rejects.toMatchObject({ code: 'ERR_LOG_HANDLER_FAILED' });
    });

    it('refuses an unknown topic', async () => {
      const opening = log.reader({ topics: [uniqueName('absent')], from: 'end', onRecords: () => undefined });
      await expect(opening).rejects.toMatchObject({ code: 'ERR_LOG_UNKNOWN_TOPIC' });
    });

    it('is told where its topics begin and end', async () => {
      const admin = await log.admin();
      const begins = await admin.beginOffsets(topic);
      const ends = await admin.endOffsets(topic);
      expect(begins).toEqual([0, 1, 2].map((partition) => ({ topic, partition, offset: 0n })));
      expect(ends.map(({ partition }) => partition)).toEqual([0, 1, 2]);
      expect(ends.every(({ offset }) => offset >= 30n)).toBe(true);
      await expect(admin.endOffsets(uniqueName('absent'))).rejects.toMatchObject({ code: 'ERR_LOG_UNKNOWN_TOPIC' });
      await admin.stop();
    });
  });
}
