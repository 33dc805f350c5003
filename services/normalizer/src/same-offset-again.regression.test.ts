import { Readable } from 'node:stream';
import { topics } from '@switchboard/contracts';
import type { LogRecord } from '@switchboard/event-log';
import { describe, expect, it } from 'vitest';
import { createDedupeWindow } from './dedupe-window.ts';
import { createRecordNormalizer } from './record-normalizer.ts';
import { createRejectShare } from './reject-share.ts';
import { normalizeAll } from './testing/normalize-all.ts';
import { codec, rawRecord } from './testing/raw-records.ts';

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

/** The record is asked for by an old worker, which waits for the registry until the new one is there. */
async function afterOldWorker(stored: readonly LogRecord[]) {
  const registry = Promise.withResolvers<void>();
  let waits = 0;
  const slow = { ...codec, ensure: () => (waits++ === 0 ? registry.promise : Promise.resolve()) };
  const normalizer = createRecordNormalizer(
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
  const ofOldWorker = normalizeAll(normalizer, [rawRecord(7)]);
  await normalizer.onFenced({ topic: topics.raw.name, partition: 3, offset: 7n }, () => Readable.from([stored]));
  registry.resolve();
  await ofOldWorker;
  const [out] = await normalizeAll(normalizer, [rawRecord(7)]);
  return out;
}

describe('a partition that is lost and comes back while the old worker waits', () => {
  it('makes its event', async () => {
    expect((await afterOldWorker([]))?.topic).toBe('events.messaging.v1');
  });

  it('makes no event of what is a duplicate', async () => {
    expect((await afterOldWorker([rawRecord(3)]))?.topic).toBe('notifications.rejected.v1');
  });
});
