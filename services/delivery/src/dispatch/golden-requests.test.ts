import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:tls';
import { createSigningKey } from '@switchboard/app-installs';
import {
  type AppInstall,
  createOfflineCodec,
  deliveryHeaders,
  type EventType,
  eventHeaders,
  eventTypes,
  type OutEvent,
  topics,
} from '@switchboard/contracts';
import { createAddressRule, createHttpClient, type HttpClient } from '@switchboard/webhooks';
import { createTestAuthority } from '@switchboard/webhooks/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createRetryRoute } from '../retries/retry-route.ts';
import { createAttempt } from './attempt.ts';
import { readDelivery } from './delivery.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const records = new URL('../../../../packages/contracts/golden/records/', import.meta.url);
const golden = (name: string) => new URL(`../../golden/requests/${name}.http`, import.meta.url).pathname;
const codec = createOfflineCodec();
const NOW = 1_764_000_123_456;
const newKey = createSigningKey(Buffer.alloc(32, 7));
const oldKey = createSigningKey(Buffer.alloc(24, 9));

let server: Server;
let httpClient: HttpClient;
let endpoint: string;
/** Bytes of the requests that came, as Latin-1 text. */
let received = '';

beforeAll(async () => {
  const authority = await createTestAuthority();
  server = createServer(await authority.issue(), (socket) => {
    let open = '';
    socket
      .on('error', () => {})
      .on('data', (chunk) => {
        received += chunk.toString('latin1');
        open += chunk.toString('latin1');
        const headers = open.indexOf('\r\n\r\n');
        const length = Number(/content-length: (\d+)/.exec(open)?.[1]);
        if (headers < 0 || open.length < headers + 4 + length) return;
        open = '';
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `https://127.0.0.1:${(server.address() as AddressInfo).port}/in/hook?key=a%20b`;
  httpClient = createHttpClient({ rule: createAddressRule(['127.0.0.0/8']), authorities: [authority.pem], budgetMs: 10_000 });
});

afterAll(async () => {
  await httpClient.stop();
  await new Promise((resolve) => server.close(resolve));
});

interface Sent {
  readonly type: EventType;
  readonly run?: string;
  readonly attempts?: number;
  readonly keys?: readonly ReturnType<typeof createSigningKey>[];
  readonly headers?: readonly { readonly name: string; readonly value: string }[];
  readonly tracestate?: string;
  /** Conversation or call id in the CloudEvents headers. */
  readonly subject?: string;
}

/** The bytes of the request of an attempt: the body as UTF-8, the port and the random span of the trace left out. */
async function bytesOf({ type, run = '0', attempts = 0, keys = [newKey], headers = [], tracestate, subject }: Sent): Promise<string> {
  const { record: name } = eventTypes[type];
  const { value: record } = JSON.parse(readFileSync(new URL(`${name}.json`, records), 'utf8'));
  const key = subject ?? record.callId ?? record.conversationId ?? 'conversation-1';
  const event = { type, record, topic: topics.messaging.name, key, notificationId: 'notification-1' } as OutEvent;
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const trace = tracestate === undefined ? { traceparent } : { traceparent, tracestate };
  const state = { deliveryId: 'f3e1a9a0-6f0a-5b7e-9c1d-2a4e6f8b0c1d', installId: 'a', installVersion: 1, attempts, deferrals: 0, run };
  const delivery = readDelivery({
    topic: topics.pending.name,
    partition: 0,
    offset: 1n,
    timestamp: NOW,
    key: Buffer.from(key),
    value: codec.encode(name, record as never),
    headers: deliveryHeaders.write(eventHeaders(event, codec, trace), { ...state, firstAt: NOW, bodyVersion: 1 }),
  });
  if (delivery === undefined) throw new Error('the record is no delivery');
  const webhook = { endpoint, headers, maxRetries: 0, maxConcurrency: null, rateLimit: null, disabled: false, replier: false };
  const install = { installId: 'a', version: 1, enabled: true, paused: false, filter: null, sealed: null, webhooks: { [type]: webhook } };
  const attempt = createAttempt({
    view: { get: () => install as unknown as AppInstall },
    signer: { keys: () => keys },
    codec,
    httpClient,
    replyKindOf: () => 'message',
    route: createRetryRoute([10, 20, 30, 40, 50]),
    now: () => NOW,
    onGone: () => {},
    onProblem: (_delivery, message, cause) => {
      throw new Error(message, { cause });
    },
  });
  received = '';
  expect((await attempt(delivery)).step).toMatchObject({ kind: 'delivered', status: 200 });
  return Buffer.from(received, 'latin1')
    .toString('utf8')
    .replace(/^host: 127\.0\.0\.1:\d+/m, 'host: 127.0.0.1')
    .replace(/^(traceparent: 00-[0-9a-f]{32}-)[0-9a-f]{16}/m, '$1(span)');
}

describe('the bytes of a request', () => {
  it.each(Object.keys(eventTypes) as EventType[])('of %s are the committed ones, signature included', async (type) => {
    await expect(await bytesOf({ type })).toMatchFileSnapshot(golden(type));
  });

  it('of a third attempt in a replay, with two keys, a tracestate and headers of the install, are the committed ones', async () => {
    const text = await bytesOf({
      type: 'ms.MessagingEventNotification.ContentEvent',
      run: 'replay "ü" 1',
      attempts: 2,
      keys: [newKey, oldKey],
      headers: [
        { name: 'X-Own', value: 'yes' },
        { name: 'Authorization', value: 'Basic abc=' },
        { name: '7', value: 'first' },
      ],
      tracestate: 'vendor=1',
      subject: '19:küche 100 %@thread.example',
    });
    await expect(text).toMatchFileSnapshot(golden('replay'));
  });

  it('have a value of more than 1,024 bytes as its SHA-256', async () => {
    const text = await bytesOf({ type: 'switchboard.UnmappedNotification', subject: '漢'.repeat(400) });
    await expect(text).toMatchFileSnapshot(golden('long-subject'));
  });
});
