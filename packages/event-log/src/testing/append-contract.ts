import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Appender, EventLog } from '../log.ts';
import { partitionOf } from '../partition-of.ts';
import { appendAll, type LogFactory, outRecord, text, uniqueName } from './contract-parts.ts';

const PARTITIONS = 4;

/** What appenders of every log promise. */
export function appendContract(factory: LogFactory): void {
  describe('appender', () => {
    const topic = uniqueName('append');
    let log: EventLog;
    let appender: Appender;
    let stop: () => Promise<void>;

    beforeAll(async () => {
      ({ log, stop } = await factory([{ name: topic, partitions: PARTITIONS }]));
      appender = await log.appender();
    });
    afterAll(async () => {
      await appender.stop();
      await stop();
    });

    async function readAll(): Promise<string[]> {
      const values: string[] = [];
      const reader = await log.reader({
        topics: [topic],
        from: 'beginning',
        onRecords: (records) => void values.push(...records.map(text)),
      });
      await reader.caughtUp;
      await reader.stop();
      return values;
    }

    it('places a record by murmur2 of its key and names its position', async () => {
      const keys = ['alpha', 'beta', 'gamma', 'delta', ''];
      const positions = await appendAll(
        appender,
        keys.map((key) => outRecord(topic, key, `placed ${key}`)),
      );
      expect(positions.map(({ partition }) => partition)).toEqual(keys.map((key) => partitionOf(Buffer.from(key), PARTITIONS)));
      expect(positions.every((position) => position.topic === topic)).toBe(true);
    });

    it('honours a given partition', async () => {
      for (const partition of [0, 1, 2, 3]) {
        const outcome = await appender.append(outRecord(topic, 'alpha', 'pinned', { partition }));
        expect(outcome).toMatchObject({ ok: true, position: { partition } });
      }
    });

    it('gives records of one partition consecutive offsets in the order of the calls', async () => {
      const records = Array.from({ length: 200 }, (_, index) => outRecord(topic, 'ordered', `ordered ${index}`));
      const positions = await appendAll(appender, records);
      const first = positions[0]?.offset ?? -1n;
      expect(positions.map(({ offset }) => offset)).toEqual(records.map((_, index) => first + BigInt(index)));
      expect((await readAll()).filter((value) => value.startsWith('ordered'))).toEqual(records.map((record) => String(record.value)));
    });

    it('names an unknown topic and a record over 4 MiB, and writes neither', async () => {
      expect(await appender.append(outRecord(uniqueName('absent'), 'k', 'v'))).toMatchObject({ ok: false, code: 'ERR_LOG_UNKNOWN_TOPIC' });
      const large = { topic, key: Buffer.from('large'), value: Buffer.alloc(4_300_000, 120) };
      expect(await appender.append(large)).toMatchObject({ ok: false, code: 'ERR_LOG_RECORD_TOO_LARGE' });
      expect((await readAll()).some((value) => value.startsWith('xxx'))).toBe(false);
    });

    it('refuses after it was stopped', async () => {
      const other = await log.appender();
      expect(await other.append(outRecord(topic, 'k', 'before stop'))).toMatchObject({ ok: true });
      expect(other.available()).toBe(true);
      await other.stop();
      expect(await other.append(outRecord(topic, 'k', 'after stop'))).toMatchObject({ ok: false, code: 'ERR_LOG_CLOSED' });
      expect(await readAll()).not.toContain('after stop');
    });
  });
}
