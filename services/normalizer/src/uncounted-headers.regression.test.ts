import { topics } from '@switchboard/contracts';
import type { LogRecord, OutRecord } from '@switchboard/event-log';
import { sourceById } from '@switchboard/sources';
import { describe, expect, it } from 'vitest';
import { createRecordNormalizer } from './record-normalizer.ts';
import { createRejectShare } from './reject-share.ts';
import { normalizeAll } from './testing/normalize-all.ts';
import { codec, rawRecord, recordOf } from './testing/raw-records.ts';

const MIB = 1_024 * 1_024;

const process = (record: LogRecord): Promise<readonly OutRecord[]> =>
  normalizeAll(
    createRecordNormalizer(
      { codec, codeVersion: '1', normalize: (id) => sourceById(id)?.normalize },
      createRejectShare({ limit: 1, over: 4 }),
      () => {},
    ),
    [record],
  );

function sizeOf({ key, value, headers = [] }: OutRecord): number {
  return [key, value, ...headers.flat()].reduce((sum, part) => sum + (part?.length ?? 0), 0);
}

function rejection(out: readonly OutRecord[]) {
  expect(out.map(({ topic }) => topic)).toEqual([topics.rejected.name]);
  return codec.decode('switchboard.notifications.v1.RejectedNotification', out[0]?.value as Buffer);
}

/** A notification of so many changes in the conversation, as a build that let ids of any length in may have stored it. */
function stored(conversation: string, changes: number): LogRecord {
  const href = `/ucwa/v1/applications/1/communication/conversations/${conversation}`;
  const event = { link: { rel: 'messaging', href: `${href}/messaging` }, type: 'updated' };
  const body = { sender: [{ rel: 'conversation', href: '/', events: Array.from({ length: changes }, () => event) }] };
  return rawRecord(1, { source: 'ucwa', routingKey: conversation, body: Buffer.from(JSON.stringify(body)) });
}

describe('an event whose conversation id makes key and headers too large for its topic', () => {
  it.each([
    ['one event', 800_000, 1],
    ['several events together', 200_000, 5],
  ])('is rejected: %s', async (_, length, changes) => {
    const out = await process(stored('x'.repeat(length), changes));
    expect(rejection(out)).toMatchObject({ code: 'ERR_NORMALIZE_TOO_LARGE', offset: 1 });
    expect(out.map(sizeOf)).toEqual([expect.toSatisfy((bytes) => bytes < MIB)]);
  });

  it.each([100, 100_000, 400_000, 500_000, 600_000, 700_000])('or leaves a delivery its room: %i characters', async (length) => {
    for (const out of await process(stored('x'.repeat(length), 1))) expect(sizeOf(out)).toBeLessThanOrEqual(3 * MIB);
  });
});

describe('the record that says why stays small', () => {
  const long = 'x'.repeat(3 * MIB);
  it.each<[string, LogRecord, string]>([
    ['of a foreign record with an endless key', { ...recordOf(1, null), key: Buffer.from(long) }, 'ERR_NORMALIZE_UNREADABLE'],
    ['of a notification with endless names', rawRecord(1, { source: long, app: long }), 'ERR_NORMALIZE_UNKNOWN_SOURCE'],
  ])('%s', async (_, record, code) => {
    const out = await process(record);
    expect(rejection(out).code).toBe(code);
    expect(out.map(sizeOf)).toEqual([expect.toSatisfy((bytes) => bytes < 16 * 1_024)]);
  });
});
