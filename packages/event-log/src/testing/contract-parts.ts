import { randomBytes } from 'node:crypto';
import { expect, vi } from 'vitest';
import type { Appender, ConsumerOptions, Delivered, EventLog, LogRecord, OutRecord, Position } from '../log.ts';

/** A log with the given topics, empty; `stop` gives up what the factory opened. */
export type LogFactory = (
  topics: readonly { readonly name: string; readonly partitions: number }[],
) => Promise<{ readonly log: EventLog; stop(): Promise<void> }>;

const WAIT = { timeout: 20_000, interval: 10 };

export const eventually = (assertion: () => void | Promise<void>): Promise<void> => vi.waitFor(assertion, WAIT);

export function uniqueName(prefix: string): string {
  return `contract.${prefix}.${randomBytes(6).toString('hex')}`;
}

export const text = (record: LogRecord): string => String(record.value);

export function outRecord(topic: string, key: string, value: string, more: Partial<OutRecord> = {}): OutRecord {
  return { topic, key: Buffer.from(key), value: Buffer.from(value), ...more };
}

/** Appends one after the other, each acknowledged; the positions they got. */
export async function appendAll(appender: Appender, records: readonly OutRecord[]): Promise<Position[]> {
  const outcomes = await Promise.all(records.map((record) => appender.append(record)));
  return outcomes.map((outcome) => {
    if (!outcome.ok) throw new Error(`${outcome.code}: ${String(outcome.cause)}`);
    return outcome.position;
  });
}

/** A consumer that keeps what it was given until the test finishes it. */
export async function collectingConsumer(
  log: EventLog,
  options: Omit<ConsumerOptions, 'onRecord'> & { readonly finish?: (record: LogRecord) => boolean },
) {
  const given: LogRecord[] = [];
  const open = new Map<string, Delivered>();
  const consumer = await log.consumer({
    ...options,
    onRecord(delivered) {
      given.push(delivered.record);
      if (options.finish?.(delivered.record) ?? false) delivered.done();
      else open.set(text(delivered.record), delivered);
    },
  });
  const finish = (value: string): void => {
    const delivered = open.get(value);
    if (delivered === undefined) throw new Error(`${value} is not open`);
    open.delete(value);
    delivered.done();
  };
  return { consumer, given, open, finish, values: () => given.map(text) };
}

/** Waits until the group has committed so many records of the only partition of a topic. */
export async function expectCommitted(log: EventLog, groupId: string, topic: string, offset: bigint): Promise<void> {
  const admin = await log.admin();
  try {
    await eventually(async () => {
      const [committed] = await admin.committed(groupId, topic);
      expect(committed?.offset).toBe(offset);
    });
  } finally {
    await admin.stop();
  }
}
