import { Readable } from 'node:stream';
import { topics } from '@switchboard/contracts';
import type { LogRecord } from '@switchboard/event-log';
import { describe, expect, it } from 'vitest';
import { createRecordNormalizer } from './record-normalizer.ts';
import { createRejectShare } from './reject-share.ts';
import { normalizeAll } from './testing/normalize-all.ts';
import { codec, RAW, RECEIVED_AT, rawInput, recordOf } from './testing/raw-records.ts';

const PARTITION = { topic: topics.raw.name, partition: 3 };
const MINUTES = 60_000;

/** A record 40 ms after the one before it, by a clock that is wrong by so much. */
function record(offset: number, dedupeKey: string, wrongByMs = 0): LogRecord {
  const receivedAt = RECEIVED_AT + offset * 40 + wrongByMs;
  return recordOf(offset, codec.encode(RAW, rawInput({ dedupeKey, receivedAt })), receivedAt);
}

/** What becomes of record 1,500, which repeats record 100 within a minute, after the partition was taken over right before it. */
async function afterTakeOver(wrongByMs: (offset: number) => number) {
  const stored = Array.from({ length: 1_500 }, (_, offset) =>
    record(offset, offset === 100 ? 'twice' : `key-${offset}`, wrongByMs(offset)),
  );
  const normalizer = createRecordNormalizer(
    { codec, codeVersion: '1', normalize: () => () => ({ kind: 'empty', code: 'ERR_NORMALIZE_EMPTY' }) },
    createRejectShare({ limit: 0.5, over: 4 }),
    () => {},
  );
  await normalizer.onFenced({ ...PARTITION, offset: 1_500n }, (from) =>
    Readable.from([stored.slice(Number(from), 700), stored.slice(Math.max(700, Number(from)))]),
  );
  const [out] = await normalizeAll(normalizer, [record(1_500, 'twice')]);
  return codec.decode('switchboard.notifications.v1.RejectedNotification', out?.value as Buffer).code;
}

describe('a repetition after a partition was taken over is known', () => {
  it.each<[string, (offset: number) => number]>([
    ['where every clock is right', () => 0],
    ['where the oldest record of the last thousand has a clock that is slow', (offset) => (offset === 500 ? -15 * MINUTES : 0)],
    ['where the newest record has a clock that is fast', (offset) => (offset === 1_499 ? 15 * MINUTES : 0)],
    ['where a slow clock was put right', (offset) => (offset >= 101 && offset < 1_000 ? -15 * MINUTES : 0)],
  ])('%s', async (_, wrongByMs) => {
    expect(await afterTakeOver(wrongByMs)).toBe('ERR_NORMALIZE_DUPLICATE');
  });
});
