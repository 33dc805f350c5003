import { createOfflineCodec, type RecordInputs, topics } from '@switchboard/contracts';
import type { LogRecord } from '@switchboard/event-log';
import { expect, it } from 'vitest';
import { createRejectShare } from './reject-share.ts';
import { createSliceNormalizer } from './slice-normalizer.ts';

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

it('keeps the window of the worker that came last when an earlier one ends its reading back', async () => {
  const normalizer = createSliceNormalizer(
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
  const slice = (offset: number) => ({ topic: topics.raw.name, partition: 3, records: [record(offset)] });
  const slowRead = Promise.withResolvers<readonly LogRecord[]>();
  const stopped = normalizer.onFenced({ topic: topics.raw.name, partition: 3, offset: 7n }, () => slowRead.promise);
  await normalizer.onFenced({ topic: topics.raw.name, partition: 3, offset: 7n }, async () => []);
  const [first] = await normalizer.process(slice(7));
  slowRead.resolve([]);
  await stopped;
  const [second] = await normalizer.process(slice(8));
  expect(first?.topic).toBe('events.messaging.v1');
  expect(second?.topic).toBe('notifications.rejected.v1');
});
