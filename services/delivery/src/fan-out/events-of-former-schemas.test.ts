import { readFileSync } from 'node:fs';
import {
  createCodec,
  deliveryHeaders,
  type EventType,
  eventTypes,
  type KafkaHeader,
  type RecordName,
  recordNames,
  textHeader,
  topics,
  toWebhookBody,
} from '@switchboard/contracts';
import type { LogRecord, Step } from '@switchboard/event-log';
import { expect, it } from 'vitest';
import { readEvent } from '../attempts/read-event.ts';
import { createFanOut } from './fan-out.ts';

const root = new URL('../../../../', import.meta.url);
const json = (path: string) => JSON.parse(readFileSync(new URL(path, root), 'utf8'));

/** Id of the schema that the former release wrote; today's have others. */
const FORMER_ID = 900;
const types = Object.keys(eventTypes) as EventType[];

/** An event as the release before `eventType` and `notificationId` wrote it: bytes, and headers without ce_tenantid. */
function formerRecord(type: EventType): LogRecord {
  const { hex } = json(`packages/contracts/golden/former/${eventTypes[type].record}.1.json`);
  const head = Buffer.alloc(5);
  head.writeInt32BE(FORMER_ID, 1);
  const headers: KafkaHeader[] = [textHeader('ce_type', type), textHeader('ce_id', 'e'), textHeader('sb_notification_id', 'n')];
  const place = { topic: topics.messaging.name, partition: 0, offset: 7n, timestamp: 1 };
  return { ...place, key: Buffer.from('conversation-1'), value: Buffer.concat([head, Buffer.from(hex, 'hex')]), headers };
}

function codecOf(name: RecordName) {
  const ids = new Map(recordNames.map((each, index) => [each, index + 1]));
  return createCodec({ ids, fetch: async () => json(`schemas/history/${name}.json`)[0] });
}

it.each(types)('passes bytes and headers of a former %s on unchanged, and renders the same body of them', async (type) => {
  const record = formerRecord(type);
  const codec = codecOf(eventTypes[type].record);
  const install = { installId: 'a', version: 3 } as never;
  const fanOut = createFanOut({
    view: { matching: () => [install], names: () => true },
    codec,
    now: () => 5,
    onUnreadable: (_record, cause) => {
      throw cause;
    },
    onEvent: () => {},
    onDelivery: () => {},
  });
  const steps: Step[] = [];
  for await (const step of fanOut.process(record, undefined) as AsyncIterable<Step>) steps.push(step);
  const pending = steps.flatMap(({ records }) => records);
  expect(pending).toHaveLength(1);
  const [{ value = null, headers = [] } = {}] = pending;
  expect(value?.equals(record.value as Buffer)).toBe(true);
  const state = deliveryHeaders.read(headers);
  expect(headers).toEqual(deliveryHeaders.write(record.headers, state as NonNullable<typeof state>));

  // Another process attempts it, which has not seen the schema yet.
  const read = await readEvent({ value: value as Buffer, eventType: type }, codecOf(eventTypes[type].record));
  if (read.kind !== 'event') throw new Error('the event cannot be read', { cause: read });
  expect(toWebhookBody(read.event, state?.bodyVersion)).toBe(JSON.stringify(json(`packages/contracts/golden/bodies/${type}.json`)));
  expect(read.event.record).toMatchObject({ eventType: type, notificationId: null, tenantVerified: null });
});
