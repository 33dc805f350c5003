import { randomUUID } from 'node:crypto';
import { type EventType, headerNames, headerText, topics } from '@switchboard/contracts';
import type { LogAdmin, LogRecord } from '@switchboard/event-log';
import type { ReceivedDelivery } from '@switchboard/local-stack';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activityFor } from '../support/activities.ts';
import { inconsistencies } from '../support/delivery-consistency.ts';
import { type DeliveryJournal, followDeliveries } from '../support/delivery-journal.ts';
import { showLogsOnFailure, startTestStack, type TestStack, untilTaken } from '../support/test-stack.ts';

const CONTENT = 'ms.MessagingEventNotification.ContentEvent' satisfies EventType;
const LAST_DELAY_MS = 8_000;

let stack: TestStack;
let journal: DeliveryJournal;
let admin: LogAdmin;

beforeAll(async () => {
  stack = await startTestStack({ retryDelaysMs: [200, 300, 400, 500, LAST_DELAY_MS] });
  journal = await followDeliveries(stack);
  admin = await stack.log.admin();
});

afterAll(async () => {
  await journal?.stop();
  await admin?.stop();
  await stack?.stop();
});

async function installOfOwn(webhook: object = {}): Promise<string> {
  const id = randomUUID();
  const webhooks = { [CONTENT]: { endpoint: `${stack.receiver.origin}/${id}`, ...webhook } };
  await stack.install(id, { client_name: id, capabilities: { webhooks }, filter: { tenants: [id] } });
  return id;
}

/** Posts a message, once or until it is taken; gives its body when it was accepted. */
async function notify(tenant: string, once = false): Promise<Buffer | undefined> {
  const signed = await stack.signed('bot-framework', activityFor(CONTENT, { tenant }));
  const post = () => stack.post(signed);
  const answer = await (once ? post() : untilTaken(post)).catch(() => undefined);
  return answer?.status === 200 ? signed.body : undefined;
}

async function notifyAll(tenant: string, count: number, once = false): Promise<readonly Buffer[]> {
  const bodies = await Promise.all(Array.from({ length: count }, () => notify(tenant, once)));
  return bodies.filter((body) => body !== undefined);
}

function requestsOf(id: string): ReadonlyMap<string, readonly ReceivedDelivery[]> {
  return Map.groupBy(stack.receiver.deliveries(`/${id}`), ({ headers }) => String(headers['webhook-id']));
}

/** Whether the delivery service will not read the record again. */
async function isCommitted(record: LogRecord | undefined): Promise<boolean> {
  const committed = await admin.committed('switchboard.delivery', topics.pending.name);
  return record !== undefined && committed.some(({ partition, offset }) => partition === record.partition && offset > record.offset);
}

describe('a delivery service that is killed', () => {
  it('loses no delivery: what was in flight is attempted again under the same id with the same body', async () => {
    showLogsOnFailure(stack);
    const [busy, waiting] = [await installOfOwn(), await installOfOwn({ max_retries: 1 })];
    stack.receiver.script(`/${busy}`, [{ kind: 'hang' }]);
    const later = { kind: 'answer', status: 503, headers: { 'retry-after': String(LAST_DELAY_MS / 1_000) } } as const;
    stack.receiver.script(`/${waiting}`, [later, { kind: 'answer', status: 200 }]);
    await notify(waiting);
    await expect.poll(() => isCommitted(journal.of(waiting).pending[0]), { timeout: 20_000 }).toBe(true);
    expect(await notifyAll(busy, 8)).toHaveLength(8);
    await stack.receiver.until(() => requestsOf(busy).size === 8, 20_000);
    const inFlight = [...requestsOf(busy).keys()];

    await stack.services.delivery.kill();
    stack.receiver.script(`/${busy}`, []);
    expect(await notifyAll(busy, 4)).toHaveLength(4);
    await stack.services.delivery.start();

    const ended = await journal.ended(busy, 12, 90_000);
    expect(ended.map(({ outcome, attempt }) => `${outcome} ${attempt}`)).toEqual(ended.map(() => 'delivered 1'));
    expect(requestsOf(busy).size).toBe(12);
    for (const [id, requests] of requestsOf(busy)) {
      expect(requests).toHaveLength(inFlight.includes(id) ? 2 : 1);
      expect(new Set(requests.map(({ body }) => body.toString('hex'))).size).toBe(1);
    }
    expect(await journal.ended(waiting, 1)).toMatchObject([{ outcome: 'delivered', attempt: 2 }]);
    const [retried] = requestsOf(waiting).values();
    expect(retried?.map(({ headers }) => headers['sb-attempt'])).toEqual(['1', '2']);
    expect(inconsistencies(journal.of(), { crashes: 1 })).toEqual([]);
  });
});

describe('a normalizer that is killed at work', () => {
  it('makes one event of each notification', async () => {
    showLogsOnFailure(stack);
    const id = await installOfOwn();
    const count = 200;
    const posting = notifyAll(id, count);
    await stack.receiver.until(() => requestsOf(id).size > 0, 20_000);
    await stack.services.normalizer.kill();
    expect(await posting).toHaveLength(count);
    await stack.services.normalizer.start();

    await journal.ended(id, count, 90_000);
    const events = await stack.read(topics.messaging.name);
    const own = events.filter(({ value }) => {
      const decoded = stack.codec.decode('switchboard.messaging.v1.ContentEvent', value ?? Buffer.alloc(0));
      return decoded.tenantId === id;
    });
    expect(own).toHaveLength(count);
    expect(new Set(own.map(({ headers }) => headerText(headers, headerNames.notificationId))).size).toBe(count);
    expect(requestsOf(id).size).toBe(count);
    expect(inconsistencies(journal.of(id))).toEqual([]);
  });
});

describe('an ingress that is killed at work', () => {
  it('has stored every notification that it accepted', async () => {
    showLogsOnFailure(stack);
    const id = await installOfOwn();
    const posting = notifyAll(id, 300, true);
    await stack.receiver.until(() => requestsOf(id).size > 0, 20_000);
    await stack.services.ingress.kill();
    const accepted = await posting;
    await stack.services.ingress.start();
    expect(await notifyAll(id, 1)).toHaveLength(1);

    const records = await stack.read(topics.raw.name);
    const bodies = records.map(({ value }) =>
      stack.codec.decode('switchboard.notifications.v1.RawNotification', value ?? Buffer.alloc(0)).body.toString('utf8'),
    );
    const stored = new Set(bodies.filter((body) => body.includes(id)));
    expect(accepted.length).toBeGreaterThan(0);
    expect(accepted.filter((body) => !stored.has(body.toString('utf8')))).toEqual([]);
    // What was stored and not answered is delivered like the rest.
    await journal.ended(id, stored.size, 60_000);
    expect(inconsistencies(journal.of(id))).toEqual([]);
  });
});
