import { createOfflineCodec, type RecordInputs, topics } from '@switchboard/contracts';
import type { LogRecord } from '@switchboard/event-log';
import { describe, expect, it } from 'vitest';
import { createDedupeWindow } from './dedupe-window.ts';
import { createRejectShare } from './reject-share.ts';
import { createSliceNormalizer } from './slice-normalizer.ts';

const at = (offset: number, receivedAt = 0) => ({ offset: BigInt(offset), receivedAt, notificationId: `n${offset}` });

describe('an occurrence at an offset that the window has seen', () => {
  it('is no duplicate of itself', () => {
    const window = createDedupeWindow();
    expect(window.occur('a', at(5))).toBeUndefined();
    expect(window.occur('a', at(5))).toBeUndefined();
    expect(window.occur('a', at(6))?.notificationId).toBe('n5');
  });

  it('is no duplicate of what comes later, and does not take its place', () => {
    const window = createDedupeWindow();
    window.occur('a', at(9));
    expect(window.occur('a', at(5))).toBeUndefined();
    expect(window.occur('a', at(10))?.notificationId).toBe('n9');
  });
});

const codec = createOfflineCodec();
const RAW = 'switchboard.notifications.v1.RawNotification';

function record(offset: number): LogRecord {
  const raw: RecordInputs[typeof RAW] = {
    notificationId: '019a0000-0000-7000-8000-000000000001',
    source: 'example',
    app: 'contoso-bot',
    method: 'POST',
    pathParameters: {},
    query: '',
    headers: {},
    receivedAt: 1_764_000_000_000,
    principal: { scheme: 'bearer', issuer: null, subject: null, tenantId: null, keyId: null },
    body: Buffer.from('{}'),
    routingKey: 'conversation-1',
    dedupeKey: 'key-1',
    disposition: 'accepted',
    answer: { status: 200, location: null, callbackContext: null, callbackUri: null },
  };
  const place = { topic: topics.raw.name, partition: 3, offset: BigInt(offset), timestamp: raw.receivedAt };
  return { ...place, key: Buffer.from('conversation-1'), value: codec.encode(RAW, raw), headers: [] };
}

/** The first record of the slice is asked for by an old worker, which waits for the registry until the new one is there. */
async function afterOldWorker(stored: readonly LogRecord[]) {
  const registry = Promise.withResolvers<void>();
  let waits = 0;
  const slow = { ...codec, ensure: () => (waits++ === 0 ? registry.promise : Promise.resolve()) };
  const normalizer = createSliceNormalizer(
    {
      codec: slow,
      codeVersion: '1',
      normalize: () => () => ({
        kind: 'events',
        events: [
          {
            type: 'ms.MessagingEventNotification.ChatStateEvent',
            record: { occurredAt: 5, conversationId: 'conversation-1', chatState: 'COMPOSING', extensions: '{}' },
          },
        ],
      }),
    },
    createRejectShare({ limit: 0.5, over: 4 }),
    () => {},
  );
  const slice = { topic: topics.raw.name, partition: 3, records: [record(7)] };
  const ofOldWorker = normalizer.process(slice);
  await normalizer.onFenced({ topic: topics.raw.name, partition: 3, offset: 7n }, async () => stored);
  registry.resolve();
  await ofOldWorker;
  const [out] = await normalizer.process(slice);
  return out;
}

describe('a partition that is lost and comes back while the old worker waits', () => {
  it('makes its event', async () => {
    expect((await afterOldWorker([]))?.topic).toBe('events.messaging.v1');
  });

  it('makes no event of what is a duplicate', async () => {
    expect((await afterOldWorker([record(3)]))?.topic).toBe('notifications.rejected.v1');
  });
});
