import { Readable } from 'node:stream';
import { type CodecError, type RawNotification, topics } from '@switchboard/contracts';
import type { LogRecord, OutRecord } from '@switchboard/event-log';
import type { NormalizeOutcome } from '@switchboard/source-kit';
import { describe, expect, it } from 'vitest';
import type { Normalized } from './normalize-record.ts';
import { createRecordNormalizer } from './record-normalizer.ts';
import { createRejectShare } from './reject-share.ts';
import { normalizeAll } from './testing/normalize-all.ts';
import { codec, RAW, rawInput, rawRecord, recordOf } from './testing/raw-records.ts';

const typing = (conversationId: string): NormalizeOutcome => ({
  kind: 'events',
  events: [
    {
      type: 'ms.MessagingEventNotification.ChatStateEvent',
      record: { occurredAt: 5, conversationId, chatState: 'COMPOSING', extensions: '{}' },
    },
  ],
});

function normalizer(
  normalize: (notification: RawNotification) => NormalizeOutcome = () => typing('conversation-1'),
  rejectShare = createRejectShare({ limit: 0.5, over: 4 }),
) {
  const observed: Normalized[] = [];
  const made = createRecordNormalizer(
    { codec, codeVersion: '1.2.3', normalize: (id) => (id === 'example' ? normalize : undefined) },
    rejectShare,
    (normalized) => observed.push(normalized),
  );
  return {
    observed,
    onFenced: made.onFenced,
    process: (...records: LogRecord[]) => normalizeAll(made, records),
  };
}

function rejection(out: OutRecord | undefined) {
  if (out?.value == null) throw new Error('no record');
  expect(out.topic).toBe('notifications.rejected.v1');
  return codec.decode('switchboard.notifications.v1.RejectedNotification', out.value);
}

describe('record normalizer', () => {
  it('makes the events of a record, keyed by conversation, at the time of reception, with the trace', async () => {
    const [out] = await normalizer(() => typing('conversation-2')).process(rawRecord(7));
    expect(out).toMatchObject({ topic: 'events.messaging.v1', key: Buffer.from('conversation-2'), timestamp: 1_764_000_000_000 });
    expect(codec.decode('switchboard.messaging.v1.ChatStateEvent', out?.value as Buffer)).toMatchObject({
      raw: 'notifications.raw.v1-3-7',
      source: 'example',
    });
    expect(out?.headers?.find(([name]) => name === 'traceparent')?.[1].toString()).toBe('00-aa-bb-01');
  });

  it('gives the same bytes for the same record every time', async () => {
    const first = await normalizer().process(rawRecord(7));
    const second = await normalizer().process(rawRecord(7));
    expect(second).toEqual(first);
  });

  it('rejects a repeated key and names the first', async () => {
    const { process } = normalizer();
    const [, second] = await process(rawRecord(1), rawRecord(2, { notificationId: '019a0000-0000-7000-8000-000000000002' }));
    expect(rejection(second)).toMatchObject({
      code: 'ERR_NORMALIZE_DUPLICATE',
      duplicateOf: rawInput().notificationId,
      offset: 2,
      codeVersion: '1.2.3',
    });
  });

  it('makes the event of the other region: a redirected notification is no first occurrence', async () => {
    const [first, second] = await normalizer().process(rawRecord(1, { disposition: 'redirected' }), rawRecord(2));
    expect(rejection(first).code).toBe('ERR_NORMALIZE_REDIRECTED');
    expect(second?.topic).toBe('events.messaging.v1');
  });

  it.each<[string, LogRecord, string]>([
    ['an empty value', recordOf(1, null), 'ERR_NORMALIZE_UNREADABLE'],
    ['bytes without framing', recordOf(1, Buffer.from('hello world')), 'ERR_NORMALIZE_UNREADABLE'],
    ['a truncated record', recordOf(1, codec.encode(RAW, rawInput()).subarray(0, 20)), 'ERR_NORMALIZE_UNREADABLE'],
    ['an unknown source', rawRecord(1, { source: 'telegraph' }), 'ERR_NORMALIZE_UNKNOWN_SOURCE'],
  ])('moves on after %s, with a record that says why', async (_name, poison, code) => {
    const [out, next] = await normalizer().process(poison, rawRecord(2, { dedupeKey: 'key-2' }));
    expect(rejection(out)).toMatchObject({ code, topic: topics.raw.name, partition: 3, offset: 1 });
    expect(next?.topic).toBe('events.messaging.v1');
  });

  it('rejects a notification whose source throws or whose event does not fit', async () => {
    const thrown = normalizer(() => {
      throw new TypeError('secret of the sender');
    });
    const [first] = await thrown.process(rawRecord(1));
    expect(rejection(first)).toMatchObject({ code: 'ERR_NORMALIZE_FAILED', detail: 'TypeError' });
    const misfit = normalizer(() => ({
      kind: 'events',
      events: [{ type: 'calling.CallNotification.ToneEvent', record: { occurredAt: 1 } as never }],
    }));
    const [second] = await misfit.process(rawRecord(1));
    expect(rejection(second).code).toBe('ERR_NORMALIZE_ENCODE');
  });

  it('rejects a notification whose events exceed 3 MiB together', async () => {
    const body = 'x'.repeat(2 * 1024 * 1024);
    const two = { kind: 'unmapped', body, occurredAt: 1, extensions: '{}' };
    const event = { type: 'switchboard.UnmappedNotification', topic: topics.calling.name, record: two } as const;
    const [out] = await normalizer(() => ({ kind: 'events', events: [event, event] })).process(rawRecord(1));
    expect(rejection(out).code).toBe('ERR_NORMALIZE_TOO_LARGE');
  });

  it('waits, and makes nothing of a record, while its schema cannot be had', async () => {
    const foreign = Buffer.from(codec.encode(RAW, rawInput()));
    foreign.writeInt32BE(4_711, 1);
    const failing = normalizer().process(recordOf(2, foreign));
    await expect(failing).rejects.toMatchObject({ code: 'ERR_CODEC_UNKNOWN_SCHEMA' } satisfies Partial<CodecError>);
  });

  it('makes the event of a record again when the one after it waited for a schema', async () => {
    const { process } = normalizer();
    const foreign = Buffer.from(codec.encode(RAW, rawInput()));
    foreign.writeInt32BE(4_711, 1);
    await expect(process(rawRecord(1), recordOf(2, foreign))).rejects.toThrow();
    const [out] = await process(rawRecord(1));
    expect(out?.topic).toBe('events.messaging.v1');
  });

  it('makes one step of a notification, whatever number of events it holds', async () => {
    const two = typing('conversation-1');
    const events = two.kind === 'events' ? [...two.events, ...two.events] : [];
    const made = createRecordNormalizer(
      { codec, codeVersion: '1', normalize: () => () => ({ kind: 'events', events }) },
      createRejectShare({ limit: 1, over: 4 }),
      () => {},
    );
    const steps: (readonly [records: number, cursor: string | undefined])[] = [];
    for await (const { records, cursor } of made.process(rawRecord(1), undefined)) steps.push([records.length, cursor]);
    expect(steps).toEqual([[2, undefined]]);
  });

  it('stops at the record that makes the share of faults too large, and counts duplicates as none', async () => {
    const { process, observed } = normalizer(undefined, createRejectShare({ limit: 0.5, over: 4 }));
    const duplicates = Array.from({ length: 20 }, (_, index) => rawRecord(index + 1));
    await expect(process(...duplicates)).resolves.toHaveLength(20);
    const faults = Array.from({ length: 5 }, (_, index) => recordOf(index + 30, Buffer.from('poison poison')));
    await expect(process(...faults)).rejects.toMatchObject({ code: 'ERR_NORMALIZER_REJECT_SHARE' });
    await expect(process(rawRecord(40, { dedupeKey: 'other' }))).rejects.toMatchObject({ code: 'ERR_NORMALIZER_REJECT_SHARE' });
    expect(observed).toHaveLength(22);
  });

  it('knows after fencing what occurred before the committed offset, and nothing of a record that was not committed', async () => {
    const { process, onFenced } = normalizer();
    await process(rawRecord(10, { dedupeKey: 'uncommitted' }));
    const stored = [rawRecord(8, { dedupeKey: 'committed' })];
    await onFenced({ topic: topics.raw.name, partition: 3, offset: 10n }, (from) =>
      Readable.from([stored.filter(({ offset }) => offset >= from)]),
    );
    const [first, second] = await process(rawRecord(10, { dedupeKey: 'uncommitted' }), rawRecord(11, { dedupeKey: 'committed' }));
    expect(first?.topic).toBe('events.messaging.v1');
    expect(rejection(second).code).toBe('ERR_NORMALIZE_DUPLICATE');
  });

  it('reads the whole span back after fencing, and no more', async () => {
    const asked: bigint[] = [];
    const { onFenced } = normalizer();
    for (const offset of [0n, 20_000n, 30_000n]) {
      await onFenced({ topic: topics.raw.name, partition: 3, offset }, (from) => {
        asked.push(from);
        return Readable.from([]);
      });
    }
    expect(asked).toEqual([0n, 0n, 10_000n]);
  });
});
