import { topics } from '@switchboard/contracts';
import type { ReceivedDelivery } from '@switchboard/local-stack';
import { type SourceId, sources } from '@switchboard/sources';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, showLogsOnFailure, startTestStack, type TestStack, untilTaken } from '../support/test-stack.ts';

const EVENT_TYPES = [
  'ms.MessagingEventNotification.ContentEvent',
  'cqm.ExConversationChangeNotification',
  'calling.CallNotification.IncomingCallEvent',
  'calling.CallNotification.ProtocolDeterminationEvent',
];

/** What each source answers, and the bounds of a wait where it waits for a reply. */
const answers: Readonly<Record<SourceId, { readonly status: number; readonly body: RegExp; readonly withinMs?: number }>> = {
  'graph-calling': { status: 202, body: /^$/ },
  'legacy-calling': { status: 204, body: /^$/ },
  ucwa: { status: 200, body: /^\{"CallbackContext":"[^"]+"\}$/ },
  // Promised within 5 s; the machine of a test may be busy.
  'outgoing-webhook': { status: 200, body: /"type":"message"/, withinMs: 10_000 },
  'bot-framework': { status: 200, body: /^$/ },
};

let stack: TestStack;
let secret: string;

beforeAll(async () => {
  stack = await startTestStack();
  const webhooks = Object.fromEntries(EVENT_TYPES.map((type) => [type, { endpoint: `${stack.receiver.origin}/all` }]));
  secret = await stack.install('all', { client_name: 'all sources', capabilities: { webhooks } });
});

afterAll(() => stack?.stop());

/** Verified by the reference implementation over the bytes received. */
function verified(delivery: ReceivedDelivery): unknown {
  const headers = Object.fromEntries(Object.entries(delivery.headers).map(([name, value]) => [name, String(value)]));
  return new Webhook(secret).verify(delivery.body, headers);
}

describe('from a signed request to a verified delivery', () => {
  it.each(sources.map(({ id }) => id))('%s', async (id) => {
    showLogsOnFailure(stack);
    stack.receiver.clear();
    const sample = await stack.sample(id);
    const postedAt = performance.now();
    let tries = 0;
    const answer = await untilTaken(() => {
      tries += 1;
      return stack.post(sample);
    });
    expect(answer.status).toBe(answers[id].status);
    expect(answer.body).toMatch(answers[id].body);
    const { withinMs = Number.POSITIVE_INFINITY } = answers[id];
    expect(performance.now() - postedAt).toBeLessThan(tries * withinMs);

    const deliveries = await stack.receiver.until((received) => received.length >= sample.eventTypes.length, 20_000);
    expect(deliveries.map(({ headers }) => headers['ce-type']).sort()).toEqual([...sample.eventTypes].sort());
    for (const delivery of deliveries) {
      expect(verified(delivery)).toMatchObject({ kind: 'notification', body: { changes: [{ switchboard: { source: id } }] } });
      expect(delivery.headers['ce-source']).toMatch(new RegExp(`^/${id}/`));
      expect(delivery.headers['content-type']).toMatch(/^application\/json/);
    }
    const [notification, ...others] = await stack.stored(sample.body);
    // A try that was answered 503 may stand there too.
    expect(others.length).toBeLessThan(tries);
    expect(notification).toMatchObject({ source: id, answer: { status: answers[id].status } });
    expect(Object.keys(notification?.headers ?? {})).not.toContain('authorization');
  });

  it('a repeated request is recorded and makes no second event', async () => {
    showLogsOnFailure(stack);
    const sample = await stack.sample('bot-framework');
    let tries = 0;
    const post = () => {
      tries += 1;
      return stack.post(sample);
    };
    const [first, second] = [await untilTaken(post), await untilTaken(post)];
    expect([first.status, second.status]).toEqual([200, 200]);
    const ids = (await stack.stored(sample.body)).map(({ notificationId }) => notificationId).sort();
    // A try that was answered 503 may stand there too.
    expect(ids.length).toBeGreaterThanOrEqual(2);
    expect(ids.length).toBeLessThanOrEqual(tries);
    const rejected = await eventually(async () => {
      const all = (await stack.read(topics.rejected.name)).map(({ value }) =>
        stack.codec.decode('switchboard.notifications.v1.RejectedNotification', value ?? Buffer.alloc(0)),
      );
      return all.find(({ code, notificationId }) => code === 'ERR_NORMALIZE_DUPLICATE' && ids.includes(notificationId ?? ''));
    });
    expect(rejected.duplicateOf).toBe(ids[0]);
  });

  it('a reply from replies.v1 is the answer to an outgoing webhook', async () => {
    showLogsOnFailure(stack);
    const sample = await stack.sample('outgoing-webhook');
    // The reply has to come while the sender waits: what takes its time is done before.
    const appender = await stack.log.appender();
    const answering = stack.post(sample);
    const notification = await eventually(async () => (await stack.stored(sample.body))[0]);
    const activity = JSON.stringify({ type: 'message', text: 'This is a reply!' });
    const { notificationId } = notification;
    const value = stack.codec.encode('switchboard.replies.v1.Reply', { notificationId, author: 'test', activity, createdAt: Date.now() });
    await appender.append({ topic: topics.replies.name, key: Buffer.from(notificationId), value });
    expect(JSON.parse((await answering).body)).toEqual({ type: 'message', text: 'This is a reply!' });
    await appender.stop();
  });

  it('the 200 body of a webhook marked as replier is the answer to an outgoing webhook', async () => {
    showLogsOnFailure(stack);
    stack.receiver.script('/replier', [{ kind: 'answer', status: 200, body: JSON.stringify({ type: 'message', text: 'From the app' }) }]);
    const webhooks = { 'ms.MessagingEventNotification.ContentEvent': { endpoint: `${stack.receiver.origin}/replier`, replier: true } };
    await stack.install('replier', { client_name: 'replier', capabilities: { webhooks } });
    // Each try with a message of its own: the same again makes no event, and so no delivery that could be answered.
    const answer = await untilTaken(async () => stack.post(await stack.sample('outgoing-webhook')));
    expect(JSON.parse(answer.body)).toEqual({ type: 'message', text: 'From the app' });
  });
});
