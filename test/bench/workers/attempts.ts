import { randomBytes } from 'node:crypto';
import { applyInstallDocument, createSecretBox, readInstallDocument } from '@switchboard/app-installs';
import { createOfflineCodec, deliveryHeaders, deliveryIdOf, eventHeaders, type OutEvent, topics } from '@switchboard/contracts';
import { createMemoryLog, type LogRecord } from '@switchboard/event-log';
import { createMetrics, silentLogger } from '@switchboard/runtime';
import { createAddressRule } from '@switchboard/webhooks';
import { Agent } from 'undici';
import { deliveryConfig } from '../../../services/delivery/src/config.ts';
import { createPipeline } from '../../../services/delivery/src/delivery-pipeline.ts';
import { serveCalls } from '../support/rpc.ts';

export interface AttemptsTarget {
  readonly endpoint: string;
  /** PEM of the authority of the endpoint. */
  readonly authority: string;
}

/** An attempt of the delivery service, or the same request by undici alone. */
export type AttemptKind = 'attempt' | 'request' | 'dispatch';

export interface AttemptsRound {
  readonly kind: AttemptKind;
  readonly count: number;
}

export interface AttemptsUsage {
  readonly cpuSeconds: number;
  readonly elapsedMs: number;
}

const AT_ONCE = 32;
/** Deliveries taken and not settled: most of them wait in the lane, as in a burst. */
const OPEN = 128;
const CONTENT = 'ms.MessagingEventNotification.ContentEvent';
const INSTALL_ID = 'bench-attempts';
const codec = createOfflineCodec();

/** Makes requests `from` to `from + count`; all have been responded to when it resolves. */
type Run = (from: number, count: number) => () => Promise<void>;

let runs: Readonly<Record<AttemptKind, Run>> | undefined;
let made = 0;

function messageEvent(index: number): OutEvent {
  const id = String(index).padStart(12, '0');
  const conversation = `19:${id}@thread.example`;
  const record = {
    eventId: `00000000-0000-5000-8000-${id}`,
    occurredAt: 1_764_000_000_123,
    receivedAt: 1_764_000_000_456,
    app: 'contoso-bot',
    source: 'bot-framework',
    tenantId: '1fdd12d0-4620-44ed-baec-459b611f84b2',
    conversationId: conversation,
    raw: `notifications.raw.v1-3-${index}`,
    extensions: '{"clientInfo":{"locale":"en-GB","country":"GB","platform":"Windows","timezone":"Europe/London"}}',
    messageId: id,
    originatorId: '29:1XJKJMvc5GBtc2JwZq0oj8tHZmzrQgFmB39ATiQWA85gQtHieVkKilBZ9XHoq9j7Zaqt7CZ-NJWi7me2kHTL3Bw',
    originatorName: 'Megan Bowen',
    originatorRole: 'user',
    channelId: 'msteams',
    serviceUrl: 'https://smba.example/uk/',
    message: 'Could the delivery of Thursday come to the side entrance? The "main" gate is closed – thank you. '.repeat(3),
    contentType: 'text/plain',
    locale: 'en-GB',
  };
  return { type: CONTENT, record, topic: topics.messaging.name, key: conversation, notificationId: `notification-${id}` };
}

function pendingRecord(index: number): LogRecord {
  const event = messageEvent(index);
  const headers = deliveryHeaders.write(
    eventHeaders(event, codec, { traceparent: `00-${'4bf92f3577b34da6'.repeat(2)}-00f067aa0ba902b7-01` }),
    {
      deliveryId: deliveryIdOf(event.record.eventId, INSTALL_ID),
      installId: INSTALL_ID,
      installVersion: 1,
      attempts: 0,
      deferrals: 0,
      run: '0',
      firstAt: Date.now(),
      bodyVersion: 1,
    },
  );
  const value = codec.encode('switchboard.messaging.v1.ContentEvent', event.record as never);
  const place = { topic: topics.pending.name, partition: 0, offset: BigInt(index), timestamp: Date.now() };
  return { ...place, key: Buffer.from(event.key), value, headers };
}

function configOf() {
  const outcome = deliveryConfig.read({ SECRETS_KEY: 'a1'.repeat(32), LANE_CONCURRENCY: String(AT_ONCE) });
  if (!outcome.ok) throw new Error(outcome.problems.join('\n'));
  return outcome.config;
}

/** Does the work of every item, some of them at the same time. */
async function eachOf<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<unknown>): Promise<void> {
  const rest = items.values();
  const inTurn = async () => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, inTurn));
}

/** The delivery service between a pending record and its outcome record, without Kafka on either side. */
async function attemptRun({ endpoint, authority }: AttemptsTarget): Promise<Run> {
  const box = createSecretBox(randomBytes(32));
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const read = readInstallDocument({
    client_name: INSTALL_ID,
    signing_secret: secret,
    capabilities: { webhooks: { [CONTENT]: { endpoint } } },
  });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const change = { box, now: Date.now(), overlapMs: 60_000, newSecretId: () => 'bench' };
  const { install } = applyInstallDocument(INSTALL_ID, read.document, undefined, change);
  const log = createMemoryLog({ topics: Object.values(topics) });
  let outcomes: Buffer[] = [];
  const { dispatcher } = createPipeline(configOf(), {
    log,
    admin: await log.admin(),
    appender: {
      append: async ({ topic, value }) => {
        if (topic === topics.outcomes.name && value !== null) outcomes.push(value);
        return { ok: true, position: { topic, partition: 0, offset: 0n } };
      },
    },
    codec,
    view: { get: () => install },
    box,
    rule: createAddressRule(['127.0.0.0/8']),
    authorities: [authority],
    mayBegin: () => true,
    onGone: () => {},
    logger: silentLogger,
    metrics: createMetrics('bench-attempts'),
  });
  return (from, count) => {
    const records = Array.from({ length: count }, (_, index) => pendingRecord(from + index));
    outcomes = [];
    return async () => {
      await eachOf(records, OPEN, (record) => new Promise<void>((done) => dispatcher.onRecord({ record, done })));
      const delivered = outcomes.filter(
        (value) => codec.decode('switchboard.deliveries.v1.DeliveryAttempt', value).outcome === 'delivered',
      );
      if (delivered.length !== count) throw new Error(`${delivered.length} of ${count} deliveries succeeded`);
    };
  };
}

interface BareRequest {
  readonly origin: string;
  readonly path: string;
  readonly method: 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A request of the size and with the headers of an attempt. */
function bareRequest(endpoint: string, index: number): BareRequest {
  const { origin, pathname } = new URL(endpoint);
  const headers = {
    'ce-specversion': '1.0',
    'ce-id': `00000000-0000-5000-8000-${index}`,
    'ce-type': CONTENT,
    'ce-source': '/bot-framework/contoso-bot',
    'ce-subject': `19:${index}@thread.example`,
    'ce-time': '2025-11-24T16:00:00.123Z',
    'ce-partitionkey': `19:${index}@thread.example`,
    traceparent: `00-${'4bf92f3577b34da6'.repeat(2)}-00f067aa0ba902b7-01`,
    'content-type': 'application/json',
    'user-agent': 'Switchboard/1',
    'webhook-id': `00000000-0000-5000-8000-${index}`,
    'webhook-timestamp': '1764000000',
    'webhook-signature': `v1,${'K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN'.padEnd(44, '=')}`,
    'sb-attempt': '1',
  };
  const { record } = messageEvent(index);
  const body = { kind: 'notification', type: 'ms.MessagingEventNotification', body: { sentTs: 1_764_000_000_456, changes: [record] } };
  return { origin, path: pathname, method: 'POST', headers, body: JSON.stringify(body) };
}

/** undici's `request`, its body drained. */
async function request(agent: Agent, bare: BareRequest): Promise<void> {
  const response = await agent.request(bare);
  await response.body.dump();
  if (response.statusCode !== 200) throw new Error(`the receiver responded ${response.statusCode}`);
}

/** undici's `dispatch` with the least of handlers. */
function dispatch(agent: Agent, bare: BareRequest): Promise<void> {
  return new Promise((resolve, reject) => {
    let status = 0;
    agent.dispatch(bare, {
      onRequestStart: () => {},
      onResponseStart: (_controller, statusCode) => {
        status = statusCode;
      },
      onResponseData: () => {},
      onResponseEnd: () => (status === 200 ? resolve() : reject(new Error(`the receiver responded ${status}`))),
      onResponseError: (_controller, error) => reject(error),
    });
  });
}

function bareRun({ endpoint, authority }: AttemptsTarget, send: (agent: Agent, bare: BareRequest) => Promise<void>): Run {
  const agent = new Agent({ connect: { ca: authority }, allowH2: false, pipelining: 1 });
  return (from, count) => {
    const requests = Array.from({ length: count }, (_, index) => bareRequest(endpoint, from + index));
    return () => eachOf(requests, AT_ONCE, (bare) => send(agent, bare));
  };
}

async function open(target: AttemptsTarget): Promise<void> {
  runs = { attempt: await attemptRun(target), request: bareRun(target, request), dispatch: bareRun(target, dispatch) };
}

/** Makes `count` requests and says what they cost this process; records and requests are made before. */
async function round({ kind, count }: AttemptsRound): Promise<AttemptsUsage> {
  if (runs === undefined) throw new Error('open comes before the first round');
  const run = runs[kind](made, count);
  made += count;
  const before = process.cpuUsage();
  const startedAt = performance.now();
  await run();
  const { user, system } = process.cpuUsage(before);
  return { cpuSeconds: (user + system) / 1e6, elapsedMs: performance.now() - startedAt };
}

const calls = { open, round };
export type AttemptsCalls = typeof calls;
serveCalls(calls);
