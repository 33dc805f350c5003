import { PassThrough, Readable } from 'node:stream';
import { topics } from '@switchboard/contracts';
import { expect, it } from 'vitest';
import { createRecordNormalizer } from './record-normalizer.ts';
import { createRejectShare } from './reject-share.ts';
import { normalizeAll } from './testing/normalize-all.ts';
import { codec, rawRecord } from './testing/raw-records.ts';

it('keeps the window of the worker that came last when an earlier one ends its reading back', async () => {
  const normalizer = createRecordNormalizer(
    {
      codec,
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
  const slowRead = new PassThrough({ objectMode: true });
  const stopped = normalizer.onFenced({ topic: topics.raw.name, partition: 3, offset: 7n }, () => slowRead);
  await normalizer.onFenced({ topic: topics.raw.name, partition: 3, offset: 7n }, () => Readable.from([]));
  const [first] = await normalizeAll(normalizer, [rawRecord(7)]);
  slowRead.end([]);
  await stopped;
  const [second] = await normalizeAll(normalizer, [rawRecord(8)]);
  expect(first?.topic).toBe('events.messaging.v1');
  expect(second?.topic).toBe('notifications.rejected.v1');
});
