import { randomUUID } from 'node:crypto';
import { eventTopics, headerNames, headerText } from '@switchboard/contracts';
import { type ReceiverAnswer, statuses } from '@switchboard/local-stack';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ActivityEventType, activityFor } from '../support/activities.ts';
import { inconsistencies } from '../support/delivery-consistency.ts';
import { type DeliveryJournal, followDeliveries } from '../support/delivery-journal.ts';
import { showLogsOnFailure, startTestStack, type TestStack, untilTaken } from '../support/test-stack.ts';

const CONTENT = 'ms.MessagingEventNotification.ContentEvent';
/** Long enough to change an install while a delivery waits for it. */
const LAST_DELAY_MS = 10_000;
const WAIT_FOR_LAST: ReceiverAnswer = { kind: 'answer', status: 503, headers: { 'retry-after': String(LAST_DELAY_MS / 1_000) } };

let stack: TestStack;
let journal: DeliveryJournal;

beforeAll(async () => {
  stack = await startTestStack({ retryDelaysMs: [100, 200, 300, 400, LAST_DELAY_MS] });
  journal = await followDeliveries(stack);
});

afterAll(async () => {
  await journal?.stop();
  await stack?.stop();
});

async function notify(eventType: ActivityEventType, tenant: string): Promise<void> {
  const signed = await stack.signed('bot-framework', activityFor(eventType, { tenant }));
  const answer = await untilTaken(() => stack.post(signed));
  expect(answer.status).toBe(200);
}

function documentFor(tenant: string, webhook: object, members: object = {}): object {
  const webhooks = { [CONTENT]: { endpoint: `${stack.receiver.origin}/${tenant}`, ...webhook } };
  return { client_name: tenant, ...members, capabilities: { webhooks }, filter: { tenants: [tenant] } };
}

/** An install with one webhook that is told of the content events of a tenant of its own. */
async function installOfOwn(webhook: object = {}): Promise<{ id: string; secret: string }> {
  const id = randomUUID();
  return { id, secret: await stack.install(id, documentFor(id, webhook)) };
}

function requestsFor(id: string) {
  return stack.receiver.deliveries(`/${id}`);
}

function verifies(secret: string, { body, headers }: ReturnType<typeof requestsFor>[number]): boolean {
  try {
    new Webhook(secret).verify(body, Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])));
    return true;
  } catch {
    return false;
  }
}

describe('the specified app install', () => {
  it('gives its four event types 2, 1, 1 and 4 attempts, all alike, and each ends as a dead letter with its reason', async () => {
    showLogsOnFailure(stack);
    const attempts = {
      'ms.MessagingEventNotification.ContentEvent': 2,
      'ms.MessagingEventNotification.RichContentEvent': 1,
      'ms.MessagingEventNotification.ChatStateEvent': 1,
      'cqm.ExConversationChangeNotification': 4,
    } as const satisfies Partial<Record<ActivityEventType, number>>;
    const types = Object.keys(attempts) as (keyof typeof attempts)[];
    const endpoint = `${stack.receiver.origin}/`;
    const secret = await stack.install('specified', {
      client_name: 'Example webhooks configuration',
      enabled: true,
      capabilities: {
        webhooks: {
          'ms.MessagingEventNotification.ContentEvent': { endpoint, max_retries: 1 },
          'ms.MessagingEventNotification.RichContentEvent': { endpoint },
          'ms.MessagingEventNotification.ChatStateEvent': { endpoint },
          'cqm.ExConversationChangeNotification': { endpoint, max_retries: 3 },
        },
      },
    });
    stack.receiver.script('/', statuses(500));
    for (const type of types) await notify(type, randomUUID());

    const ended = await journal.ended('specified', types.length);
    expect(new Map(ended.map(({ eventType, outcome, attempt }) => [eventType, `${outcome} ${attempt}`]))).toEqual(
      new Map(types.map((type) => [type, `dead ${attempts[type]}`])),
    );
    const { dead, outcomes } = journal.of('specified');
    const events = (await Promise.all(eventTopics.map(({ name }) => stack.read(name)))).flat();
    for (const type of types) {
      const requests = stack.receiver.deliveries('/').filter(({ headers }) => headers['ce-type'] === type);
      expect(requests.map(({ headers }) => headers['sb-attempt'])).toEqual(Array.from({ length: attempts[type] }, (_, n) => String(n + 1)));
      expect(new Set(requests.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
      expect(new Set(requests.map(({ body }) => body.toString('hex'))).size).toBe(1);
      expect(requests.every((request) => verifies(secret, request))).toBe(true);

      const [letter, ...others] = dead.filter(({ headers }) => headerText(headers, headerNames.eventType) === type);
      expect(others).toEqual([]);
      const text = (name: string) => headerText(letter?.headers ?? [], name);
      expect(text(headerNames.deliveryId)).toBe(requests[0]?.headers['webhook-id']);
      expect([text(headerNames.lastCode), text(headerNames.lastStatus)]).toEqual(['ERR_ATTEMPT_STATUS', '500']);
      expect(text(headerNames.attempt)).toBe(String(attempts[type]));
      expect(Number(text(headerNames.failedAt))).toBeGreaterThanOrEqual(requests.at(-1)?.receivedAt ?? Number.NaN);
      const event = events.find(({ headers }) => headerText(headers, headerNames.eventId) === text(headerNames.eventId));
      expect(letter?.value).toEqual(event?.value);
    }
    expect(outcomes.filter(({ outcome }) => outcome === 'failed')).toHaveLength(4);
    const removed = await stack.admin('DELETE', '/v1/app-installs/specified', undefined, { 'if-match': '*' });
    expect(removed.status).toBe(204);
  });

  it.each([0, 1, 2, 3, 4, 5])('with max_retries %i makes that many attempts more than one', async (maxRetries) => {
    showLogsOnFailure(stack);
    const { id, secret } = await installOfOwn({ max_retries: maxRetries });
    stack.receiver.script(`/${id}`, statuses(500));
    await notify(CONTENT, id);
    const [end] = await journal.ended(id, 1);
    expect(end).toMatchObject({ outcome: 'dead', attempt: maxRetries + 1, code: 'ERR_ATTEMPT_STATUS', status: 500, next: null });
    const requests = requestsFor(id);
    expect(requests).toHaveLength(maxRetries + 1);
    expect(new Set(requests.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([end?.deliveryId]));
    expect(new Set(requests.map(({ body }) => body.toString('hex'))).size).toBe(1);
    expect(requests.every((request) => verifies(secret, request))).toBe(true);
    expect(journal.of(id).retries.map(({ topic }) => topic)).toEqual(
      Array.from({ length: maxRetries }, (_, n) => `deliveries.retry.${n + 1}.v1`),
    );
  });

  it('makes no attempt more once one has succeeded', async () => {
    showLogsOnFailure(stack);
    const { id } = await installOfOwn({ max_retries: 5 });
    stack.receiver.script(`/${id}`, statuses(500, 201, 500));
    await notify(CONTENT, id);
    expect(await journal.ended(id, 1)).toMatchObject([{ outcome: 'delivered', attempt: 2, status: 201 }]);
    expect(requestsFor(id)).toHaveLength(2);
    expect(journal.of(id).dead).toEqual([]);
  });

  it('is refused with an http: endpoint, and the refusal names the member', async () => {
    const webhooks = { [CONTENT]: { endpoint: `http://127.0.0.1:${stack.receiver.port}/` } };
    const { status, body } = await stack.admin('PUT', '/v1/app-installs/insecure', { client_name: 'x', capabilities: { webhooks } });
    expect(status).toBe(422);
    expect(body).toMatchObject({
      code: 'ERR_ADMIN_INVALID_DOCUMENT',
      problems: [{ code: 'ERR_INSTALL_ENDPOINT', member: `capabilities.webhooks["${CONTENT}"].endpoint` }],
    });
    expect((await stack.admin('GET', '/v1/app-installs/insecure')).status).toBe(404);
  });
});

describe('an install that changes between two attempts', () => {
  /** An install whose first attempt has failed and whose second one waits in the last retry topic. */
  async function waitingInstall(): Promise<string> {
    const { id } = await installOfOwn({ max_retries: 3 });
    stack.receiver.script(`/${id}`, [WAIT_FOR_LAST]);
    await notify(CONTENT, id);
    await stack.receiver.until(() => requestsFor(id).length === 1, 20_000);
    return id;
  }

  async function expectSkipped(id: string, code: string): Promise<void> {
    expect(await journal.ended(id, 1)).toMatchObject([{ outcome: 'skipped', code, attempt: 0, status: null }]);
    expect(requestsFor(id)).toHaveLength(1);
    expect(journal.of(id).dead).toEqual([]);
  }

  it('gets no further attempt when it was disabled, and no delivery of a new event', async () => {
    showLogsOnFailure(stack);
    const id = await waitingInstall();
    const changed = await stack.admin('PUT', `/v1/app-installs/${id}`, documentFor(id, { max_retries: 3 }, { enabled: false }), {
      'if-match': '*',
    });
    expect(changed.status).toBe(200);
    const witness = randomUUID();
    await stack.install(witness, { ...documentFor(id, { endpoint: `${stack.receiver.origin}/${witness}` }), client_name: witness });
    await notify(CONTENT, id);
    await expectSkipped(id, 'ERR_SKIPPED_INSTALL_DISABLED');
    await journal.ended(witness, 1);
    expect(journal.of(id).pending).toHaveLength(1);
  });

  it('gets no further attempt when it was removed', async () => {
    showLogsOnFailure(stack);
    const id = await waitingInstall();
    expect((await stack.admin('DELETE', `/v1/app-installs/${id}`, undefined, { 'if-match': '*' })).status).toBe(204);
    await expectSkipped(id, 'ERR_SKIPPED_INSTALL_REMOVED');
  });

  it('keeps its backlog while it is paused, and gets the rest of its attempts afterwards', async () => {
    showLogsOnFailure(stack);
    const id = await waitingInstall();
    expect((await stack.admin('POST', `/v1/app-installs/${id}/pause`, undefined, { 'if-match': '*' })).status).toBe(200);
    await expect.poll(() => journal.of(id).outcomes.some(({ code }) => code === 'ERR_DEFERRED_PAUSED'), { timeout: 30_000 }).toBe(true);
    expect(requestsFor(id)).toHaveLength(1);
    stack.receiver.script(`/${id}`, statuses(500));
    expect((await stack.admin('POST', `/v1/app-installs/${id}/resume`, undefined, { 'if-match': '*' })).status).toBe(200);
    expect(await journal.ended(id, 1, 60_000)).toMatchObject([{ outcome: 'dead', attempt: 4 }]);
    expect(requestsFor(id).map(({ headers }) => headers['sb-attempt'])).toEqual(['1', '2', '3', '4']);
  });
});

describe('a signing secret', () => {
  it('that replaces another signs beside it for the overlap, and alone without one', async () => {
    showLogsOnFailure(stack);
    const { id, secret: first } = await installOfOwn();
    const rotate = async (overlapSeconds: number): Promise<string> => {
      const body = { overlap_seconds: overlapSeconds };
      const answer = await stack.admin('POST', `/v1/app-installs/${id}/secrets/rotate`, body, { 'if-match': '*' });
      expect(answer.status).toBe(200);
      return (answer.body as { signing_secret: string }).signing_secret;
    };
    const deliver = async (count: number) => {
      await notify(CONTENT, id);
      await journal.ended(id, count);
      const request = requestsFor(id)[count - 1];
      if (request === undefined) throw new Error('the delivery ended without a request');
      return { request, signatures: String(request.headers['webhook-signature']).split(' ').length };
    };

    const second = await rotate(3_600);
    const during = await deliver(1);
    expect(during.signatures).toBe(2);
    expect([first, second].map((secret) => verifies(secret, during.request))).toEqual([true, true]);

    const third = await rotate(0);
    const after = await deliver(2);
    expect(after.signatures).toBe(1);
    expect([first, second, third].map((secret) => verifies(secret, after.request))).toEqual([false, false, true]);
    expect(JSON.stringify((await stack.admin('GET', `/v1/app-installs/${id}`)).body)).not.toContain('whsec_');
  });
});

describe('afterwards', () => {
  it('the delivery topics tell one story', () => {
    const all = journal.of();
    expect(all.pending.length).toBeGreaterThan(12);
    expect(inconsistencies(all)).toEqual([]);
  });
});
