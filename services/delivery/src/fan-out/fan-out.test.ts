import { createInstallIndex } from '@switchboard/app-installs';
import { exampleInstall } from '@switchboard/app-installs/testing';
import {
  type AppInstall,
  createOfflineCodec,
  deliveryHeaders,
  deliveryIdOf,
  eventHeaders,
  headerNames,
  textHeader,
  topics,
} from '@switchboard/contracts';
import type { LogRecord } from '@switchboard/event-log';
import { expect, it } from 'vitest';
import { CONTENT, contentEvent } from '../testing/delivery-harness.ts';
import { createFanOut } from './fan-out.ts';

const codec = createOfflineCodec();

function recordOf(event = contentEvent('19:talk'), change: Partial<LogRecord> = {}): LogRecord {
  return {
    topic: topics.messaging.name,
    partition: 3,
    offset: 7n,
    timestamp: 1,
    key: Buffer.from(event.key),
    value: codec.encode(
      'switchboard.messaging.v1.ContentEvent',
      event.record as Parameters<typeof codec.encode<'switchboard.messaging.v1.ContentEvent'>>[1],
    ),
    headers: eventHeaders(event, codec, { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }),
    ...change,
  };
}

function fanOutOf(installs: readonly AppInstall[], readable = codec) {
  const index = createInstallIndex();
  for (const install of installs) index.put(install);
  const unreadable: LogRecord[] = [];
  const fanOut = createFanOut({
    view: index,
    codec: readable,
    now: () => 1_000,
    onUnreadable: (record) => unreadable.push(record),
    onMatched: () => {},
  });
  return { unreadable, run: (records: readonly LogRecord[]) => fanOut.process({ topic: topics.messaging.name, partition: 3, records }) };
}

it('makes one pending delivery for each install that receives the event, with the bytes and headers of the event', async () => {
  const installs = [
    exampleInstall({ installId: 'a', version: 4 }),
    exampleInstall({ installId: 'b', paused: true }),
    exampleInstall({ installId: 'off', enabled: false }),
    exampleInstall({ installId: 'other', webhooks: {} }),
    exampleInstall({ installId: 'elsewhere', filter: { apps: null, tenants: ['tenant-2'], sources: null } }),
  ];
  const event = contentEvent('19:talk');
  const record = recordOf(event);
  const deliveries = await fanOutOf(installs).run([record]);

  expect(
    deliveries.map(({ topic, key, value, timestamp }) => ({ topic, key: key.toString(), same: value === record.value, timestamp })),
  ).toEqual([
    { topic: topics.pending.name, key: 'a:19:talk', same: true, timestamp: 1_000 },
    { topic: topics.pending.name, key: 'b:19:talk', same: true, timestamp: 1_000 },
  ]);
  expect(deliveryHeaders.read(deliveries[0]?.headers ?? [])).toEqual({
    deliveryId: deliveryIdOf(event.record.eventId, 'a'),
    installId: 'a',
    installVersion: 4,
    attempts: 0,
    deferrals: 0,
    run: '0',
    firstAt: 1_000,
    bodyVersion: 1,
  });
  expect(deliveries[0]?.headers).toEqual(expect.arrayContaining([...record.headers]));
});

it('gives the same event and install the same delivery id every time', async () => {
  const { run } = fanOutOf([exampleInstall()]);
  const record = recordOf();
  const ids = (await run([record, record])).map(({ headers }) => deliveryHeaders.read(headers ?? [])?.deliveryId);
  expect(new Set(ids).size).toBe(1);
});

it('keeps the order of the events', async () => {
  const { run } = fanOutOf([exampleInstall()]);
  const events = Array.from({ length: 5 }, () => contentEvent());
  const deliveries = await run(events.map((event) => recordOf(event)));
  expect(deliveries.map(({ headers }) => deliveryHeaders.read(headers ?? [])?.deliveryId)).toEqual(
    events.map((event) => deliveryIdOf(event.record.eventId, 'install-1')),
  );
});

it('passes by records that are no events, and says so', async () => {
  const { run, unreadable } = fanOutOf([exampleInstall()]);
  const records = [
    recordOf(undefined, { value: Buffer.from('not framed') }),
    recordOf(undefined, { headers: [] }),
    recordOf(undefined, { value: null }),
    recordOf(undefined, { headers: [textHeader(headerNames.eventType, 'cqm.ExConversationChangeNotification')] }),
  ];
  expect(await run(records)).toEqual([]);
  expect(unreadable).toEqual(records);
});

it('stands still while the schema of an event cannot be fetched', async () => {
  const value = Buffer.concat([Buffer.from([0, 0, 0, 0, 99]), Buffer.from('x')]);
  await expect(fanOutOf([exampleInstall()]).run([recordOf(undefined, { value })])).rejects.toThrow('schema id 99');
});

it('stands still for an event type of a newer build that an install names, and passes by one that none names', async () => {
  const record = recordOf(undefined, { headers: [textHeader(headerNames.eventType, 'new.Type')] });
  const naming = exampleInstall({
    webhooks: { 'new.Type': exampleInstall().webhooks[CONTENT] as NonNullable<AppInstall['webhooks'][string]> },
  });
  await expect(fanOutOf([naming]).run([record])).rejects.toThrow('new.Type');
  expect(await fanOutOf([exampleInstall()]).run([record])).toEqual([]);
});
