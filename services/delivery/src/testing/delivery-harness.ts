import { randomBytes } from 'node:crypto';
import { createSecretBox } from '@switchboard/app-installs';
import {
  type ContentEventInput,
  createOfflineCodec,
  type DeliveryAttempt,
  deliveryHeaders,
  deliveryIdOf,
  eventHeaders,
  headerText,
  type OutEvent,
  retryTopics,
  topics,
} from '@switchboard/contracts';
import { createMemoryLog, type EventLog, type LogRecord } from '@switchboard/event-log';
import { createMetrics, silentLogger } from '@switchboard/runtime';
import { createAddressRule } from '@switchboard/webhooks';
import { type DeliveryConfig, deliveryConfig } from '../config.ts';
import { createPipeline } from '../delivery-pipeline.ts';
import { deliveryKey, LIVE_RUN } from '../fan-out/fan-out.ts';
import { createTestInstalls } from './test-installs.ts';

export const CONTENT = 'ms.MessagingEventNotification.ContentEvent';

export interface HarnessOptions {
  /** PEM of the authority of the receivers. */
  readonly authority: string;
  readonly environment?: Readonly<Record<string, string>>;
}

function configOf(environment: Readonly<Record<string, string>>): DeliveryConfig {
  const outcome = deliveryConfig.read({ SECRETS_KEY: 'a1'.repeat(32), RETRY_DELAYS_MS: '40,80,120,160,200', ...environment });
  if (!outcome.ok) throw new Error(outcome.problems.join('\n'));
  return outcome.config;
}

let lastEvent = 0;

/** A text message of a conversation, each with an id of its own. */
export function contentEvent(conversationId = 'conversation-1', message = 'hello'): OutEvent {
  const id = String(++lastEvent).padStart(12, '0');
  const record: ContentEventInput = {
    eventId: `00000000-0000-5000-8000-${id}`,
    occurredAt: 1_700_000_000_000,
    receivedAt: 1_700_000_000_500,
    app: 'contoso-bot',
    source: 'bot-framework',
    tenantId: 'tenant-1',
    conversationId,
    raw: 'notifications.raw.v1-0-1',
    extensions: '{}',
    message,
  };
  return { type: CONTENT, record, topic: topics.messaging.name, key: conversationId, notificationId: `notification-${id}` };
}

async function readAll(log: EventLog, topic: string): Promise<readonly LogRecord[]> {
  const records: LogRecord[] = [];
  const reader = await log.reader({ topics: [topic], from: 'beginning', onRecords: (batch) => void records.push(...batch) });
  await reader.caughtUp;
  await reader.stop();
  return records;
}

/** The dispatching half of the service over a log in memory and real HTTPS, with short delays. */
export async function startDeliveryHarness({ authority, environment = {} }: HarnessOptions) {
  const config = configOf(environment);
  const log = createMemoryLog({ topics: Object.values(topics) });
  const codec = createOfflineCodec();
  const box = createSecretBox(randomBytes(32));
  const installs = createTestInstalls(box);
  const gone: string[] = [];
  const [appender, admin] = await Promise.all([log.appender(), log.admin()]);
  const { dispatcher, httpClient, route } = createPipeline(config, {
    log,
    admin,
    appender,
    codec,
    view: installs.view,
    box,
    rule: createAddressRule(['127.0.0.0/8']),
    authorities: [authority],
    mayBegin: () => true,
    onGone: (installId, type) => gone.push(`${installId} ${type}`),
    logger: silentLogger,
    metrics: createMetrics('delivery-test'),
  });
  const consumer = await log.consumer({
    groupId: config.deliveryGroup,
    topics: [topics.pending.name, ...retryTopics.map(({ name }) => name)],
    dueAt: (record) => route.dueAt(record, Date.now()),
    onRecord: dispatcher.onRecord,
    onLost: dispatcher.onLost,
  });

  const read = (topic: string) => readAll(log, topic);
  const outcomes = async (): Promise<readonly DeliveryAttempt[]> => {
    const records = await read(topics.outcomes.name);
    return records.flatMap(({ value }) => (value === null ? [] : [codec.decode('switchboard.deliveries.v1.DeliveryAttempt', value)]));
  };

  let stopped: Promise<void> | undefined;
  async function stop(): Promise<void> {
    await dispatcher.stop(1_000);
    await consumer.stop({ drainMs: 0 });
    await httpClient.stop();
  }

  return {
    config,
    codec,
    gone,
    append: appender.append,
    read,
    outcomes,
    install: installs.install,
    change: installs.change,
    remove: installs.remove,
    /** Appends the pending delivery of an event; gives its id. */
    async deliver(installId: string, event: OutEvent, state: { readonly run?: string; readonly firstAt?: number } = {}): Promise<string> {
      const deliveryId = deliveryIdOf(event.record.eventId, installId);
      const headers = deliveryHeaders.write(eventHeaders(event, codec), {
        deliveryId,
        installId,
        installVersion: 1,
        attempts: 0,
        deferrals: 0,
        run: LIVE_RUN,
        firstAt: Date.now(),
        bodyVersion: 1,
        ...state,
      });
      const value = codec.encode('switchboard.messaging.v1.ContentEvent', event.record as ContentEventInput);
      await appender.append({ topic: topics.pending.name, key: deliveryKey(installId, event.key), value, headers });
      return deliveryId;
    },
    /** Waits for the terminal outcomes of that many deliveries. */
    async ended(count: number): Promise<readonly DeliveryAttempt[]> {
      for (;;) {
        const terminal = (await outcomes()).filter((outcome) => outcome.terminal);
        if (terminal.length >= count) return terminal;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    /** Offsets of the pending and retry topics that are not committed although they were written. */
    async uncommitted(): Promise<bigint> {
      let open = 0n;
      for (const { name } of [topics.pending, ...retryTopics]) {
        const committed = await admin.committed(config.deliveryGroup, name);
        for (const end of await admin.endOffsets(name)) {
          open += end.offset - (committed.find(({ partition }) => partition === end.partition)?.offset ?? 0n);
        }
      }
      return open;
    },
    headerOf: (record: LogRecord, name: string) => headerText(record.headers, name),
    stop(): Promise<void> {
      stopped ??= stop();
      return stopped;
    },
  };
}

export type DeliveryHarness = Awaited<ReturnType<typeof startDeliveryHarness>>;
