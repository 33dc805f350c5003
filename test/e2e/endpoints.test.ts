import { randomUUID } from 'node:crypto';
import { type ReceiverAnswer, statuses } from '@switchboard/local-stack';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activityFor } from '../support/activities.ts';
import { inconsistencies } from '../support/delivery-consistency.ts';
import { type DeliveryJournal, followDeliveries } from '../support/delivery-journal.ts';
import { showLogsOnFailure, startTestStack, type TestStack, untilTaken } from '../support/test-stack.ts';

const CONTENT = 'ms.MessagingEventNotification.ContentEvent';
const SLOTS = 2;
const BREAKER_THRESHOLD = 3;
/** What every attempt may take, from the connect to the status line. */
const ATTEMPT_MS = 10_000;

let stack: TestStack;
let journal: DeliveryJournal;

beforeAll(async () => {
  const delivery = { LANE_CONCURRENCY: String(SLOTS), BREAKER_THRESHOLD: String(BREAKER_THRESHOLD) };
  stack = await startTestStack({ environment: { delivery } });
  journal = await followDeliveries(stack);
});

afterAll(async () => {
  await journal?.stop();
  await stack?.stop();
});

/** Makes an install with a dedicated endpoint that receives the content events of a tenant. The admin is started for it. */
async function install(id: string, tenant: string, answers: readonly ReceiverAnswer[], webhook: object = {}): Promise<void> {
  await stack.services.admin.start();
  stack.receiver.script(`/${id}`, answers);
  const webhooks = { [CONTENT]: { endpoint: `${stack.receiver.origin}/${id}`, ...webhook } };
  await stack.install(id, { client_name: id, capabilities: { webhooks }, filter: { tenants: [tenant] } });
}

/** Posts a message while the admin is stopped: deliveries must not need it. */
async function notify(tenant: string): Promise<void> {
  await stack.services.admin.stop();
  const signed = await stack.signed('bot-framework', activityFor(CONTENT, { tenant }));
  const answer = await untilTaken(() => stack.post(signed));
  expect(answer.status).toBe(200);
}

/** Requests by delivery, each as the number of its attempt. */
function attemptsAt(id: string): readonly (readonly string[])[] {
  const byDelivery = Map.groupBy(stack.receiver.deliveries(`/${id}`), ({ headers }) => String(headers['webhook-id']));
  return [...byDelivery.values()].map((requests) => requests.map(({ headers }) => String(headers['sb-attempt'])));
}

describe('an endpoint', () => {
  const redirect = (status: number): ReceiverAnswer => ({ kind: 'redirect', status, location: `${stack.receiver.origin}/elsewhere` });
  const status = (code: number) => ({ name: `answers ${code}`, answer: () => ({ kind: 'answer', status: code }) as const });
  const inTime: ReceiverAnswer = { kind: 'answer', status: 200, delayMs: ATTEMPT_MS - 3_000 };

  const successes: readonly { name: string; answer: () => ReceiverAnswer; id?: string }[] = [
    status(200),
    status(201),
    { name: 'answers 200 three seconds before the deadline', answer: () => inTime },
    { name: 'sends the status line at once and the body later', answer: () => ({ kind: 'drip', status: 200, intervalMs: 500, bytes: 60 }) },
    { name: 'answers 200 with a body without end', answer: () => ({ kind: 'huge', status: 200 }) },
  ];
  const failures = [
    ...[202, 204, 304, 400, 404, 410, 429, 500, 503].map((code) => ({ ...status(code), code: 'ERR_ATTEMPT_STATUS' })),
    ...[301, 302, 303, 307, 308].map((code) => ({
      name: `answers ${code} with a Location`,
      answer: () => redirect(code),
      code: 'ERR_ATTEMPT_STATUS',
    })),
    { name: 'cuts the connection', answer: (): ReceiverAnswer => ({ kind: 'cut' }), code: 'ERR_ATTEMPT_CONNECTION_LOST' },
    { name: 'never answers', answer: (): ReceiverAnswer => ({ kind: 'hang' }), code: 'ERR_ATTEMPT_TIMEOUT' },
  ];
  const idOf = (name: string) => name.replaceAll(' ', '-');

  beforeAll(async () => {
    const tenant = randomUUID();
    for (const { name, answer } of [...successes, ...failures]) await install(idOf(name), tenant, [answer()], { max_retries: 1 });
    await notify(tenant);
  });

  it.each(successes)('that $name has taken the delivery', async ({ name }) => {
    showLogsOnFailure(stack);
    expect(await journal.ended(idOf(name), 1)).toMatchObject([{ outcome: 'delivered', attempt: 1, code: null }]);
    expect(attemptsAt(idOf(name))).toEqual([['1']]);
  });

  it.each(failures)('that $name has not', async ({ name, code }) => {
    showLogsOnFailure(stack);
    expect(await journal.ended(idOf(name), 1, 4 * ATTEMPT_MS)).toMatchObject([{ outcome: 'dead', attempt: 2, code }]);
    // Twice the promised time, for machines that are busy.
    for (const { durationMs } of journal.of(idOf(name)).outcomes) expect(durationMs).toBeLessThan(2 * ATTEMPT_MS);
    expect(attemptsAt(idOf(name))).toEqual([['1', '2']]);
  });

  it('that redirects is not followed', () => expect(stack.receiver.deliveries('/elsewhere')).toEqual([]));
});

describe('an endpoint that is left alone for a while', () => {
  it('still gets every attempt of every delivery, for a deferral is none', async () => {
    showLogsOnFailure(stack);
    const tenant = randomUUID();
    await install('failing', tenant, statuses(500), { max_retries: 1 });
    const count = 4 * BREAKER_THRESHOLD;
    for (let n = 0; n < count; n++) await notify(tenant);
    const ended = await journal.ended('failing', count, 90_000);
    expect(ended.map(({ outcome, attempt }) => `${outcome} ${attempt}`)).toEqual(ended.map(() => 'dead 2'));
    expect(attemptsAt('failing')).toEqual(Array.from({ length: count }, () => ['1', '2']));
    const deferrals = journal.of('failing').outcomes.filter(({ outcome }) => outcome === 'deferred');
    expect(deferrals.map(({ code }) => code)).toContain('ERR_DEFERRED_BREAKER_OPEN');
  });

  it('delays nobody while it hangs, and gets the only attempt of each delivery once it answers', async () => {
    showLogsOnFailure(stack);
    const tenant = randomUUID();
    const count = 24;
    await install('hanging', tenant, [...Array.from({ length: SLOTS }, () => ({ kind: 'hang' }) as const), ...statuses(200)]);
    // Its first delivery waits in the retry topics, in which what the other one has no room for waits too.
    await install('quick', tenant, statuses(500, 200), { max_retries: 1 });
    for (let n = 0; n < count; n++) await notify(tenant);

    await journal.ended('quick', count);
    expect(stack.receiver.deliveries('/quick')).toHaveLength(count + 1);
    expect(stack.receiver.deliveries('/hanging')).toHaveLength(SLOTS);
    expect(journal.of('hanging').outcomes.filter(({ outcome }) => outcome !== 'deferred')).toEqual([]);
    expect(journal.of('hanging').outcomes.length).toBeGreaterThan(0);

    const ended = await journal.ended('hanging', count, 60_000);
    expect(ended.map(({ outcome, attempt }) => `${outcome} ${attempt}`).toSorted()).toEqual([
      ...Array.from({ length: SLOTS }, () => 'dead 1'),
      ...Array.from({ length: count - SLOTS }, () => 'delivered 1'),
    ]);
    expect(attemptsAt('hanging')).toEqual(Array.from({ length: count }, () => ['1']));
  });
});

describe('afterwards', () => {
  it('the delivery topics tell one story', () => {
    const all = journal.of();
    expect(all.pending.length).toBeGreaterThan(70);
    expect(inconsistencies(all)).toEqual([]);
  });
});
