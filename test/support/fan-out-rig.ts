import { createInstallIndex } from '@switchboard/app-installs';
import { exampleInstall } from '@switchboard/app-installs/testing';
import { type ContentEventInput, createOfflineCodec, deliveryHeaders, eventHeaders, type OutEvent, topics } from '@switchboard/contracts';
import type { KafkaLog, LogRecord, OutRecord, ProcessorOptions } from '@switchboard/event-log';
import { createFanOut } from '../../services/delivery/src/fan-out/fan-out.ts';

const TYPE = 'ms.MessagingEventNotification.ContentEvent';
const codec = createOfflineCodec();

export const installIdOf = (number: number): string => `install-${String(number).padStart(5, '0')}`;

/** An index of so many installs that receive the events of one app. */
export function installsOf(count: number, app: string, index = createInstallIndex()): ReturnType<typeof createInstallIndex> {
  for (let number = 0; number < count; number += 1) {
    index.put(exampleInstall({ installId: installIdOf(number), filter: { apps: [app], tenants: null, sources: null } }));
  }
  return index;
}

/** Event `number` of an app, as a record of that partition of the topic. */
export function eventRecord(topic: string, partition: number, app: string, number: number): OutRecord {
  const key = `conversation-${number}`;
  const record: ContentEventInput = {
    eventId: `00000000-0000-5000-8000-${String(number).padStart(12, '0')}`,
    occurredAt: 1_700_000_000_000,
    receivedAt: 1_700_000_000_500,
    app,
    source: 'bot-framework',
    tenantId: 'tenant-1',
    conversationId: key,
    raw: 'notifications.raw.v1-0-1',
    extensions: '{}',
    message: 'hello',
  };
  const event: OutEvent = { type: TYPE, record, topic: topics.messaging.name, key, notificationId: `notification-${number}` };
  const value = codec.encode('switchboard.messaging.v1.ContentEvent', record);
  return { topic, partition, key: Buffer.from(key), value, headers: eventHeaders(event, codec) };
}

/** The fan-out of the delivery service over the installs, into that topic. */
export function fanOutInto(output: string, view: ReturnType<typeof createInstallIndex>): ProcessorOptions['process'] {
  const { process } = createFanOut({
    view,
    codec,
    now: Date.now,
    onUnreadable: (_record, cause) => {
      throw cause;
    },
    onEvent: () => undefined,
    onDelivery: () => undefined,
  });
  return async function* (record, cursor) {
    for await (const step of process(record, cursor)) {
      yield { ...step, records: step.records.map((each) => ({ ...each, topic: output })) };
    }
  };
}

/** Counts the deliveries in a topic, committed ones only, by conversation and install. */
export async function countDeliveries(log: Pick<KafkaLog, 'reader'>, topic: string) {
  const counts = new Map<string, Map<string, number>>();
  const state = { deliveries: 0 };
  const add = ({ key, headers }: LogRecord): void => {
    const installId = deliveryHeaders.read(headers)?.installId ?? '';
    const conversation = `${key}`.slice(installId.length + 1);
    const ofConversation = counts.get(conversation) ?? new Map<string, number>();
    counts.set(conversation, ofConversation.set(installId, (ofConversation.get(installId) ?? 0) + 1));
    state.deliveries += 1;
  };
  const reader = await log.reader({ topics: [topic], from: 'beginning', onRecords: (records) => records.forEach(add) });
  return {
    /** Deliveries read so far. */
    deliveries: (): number => state.deliveries,
    /** Times that an install received event `number`. */
    of: (number: number, installId: string): number => counts.get(`conversation-${number}`)?.get(installId) ?? 0,
    /** Pairs of conversation and install that were not counted once, among those expected. */
    wrong(events: number, installs: number): readonly string[] {
      const wrong: string[] = [];
      for (let event = 0; event < events; event += 1) {
        for (let install = 0; install < installs; install += 1) {
          const count = this.of(event, installIdOf(install));
          if (count !== 1) wrong.push(`event ${event}, install ${install}: ${count} times`);
        }
      }
      return wrong;
    },
    stop: () => reader.stop(),
  };
}
