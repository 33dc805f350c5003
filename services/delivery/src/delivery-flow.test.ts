import { createHash } from 'node:crypto';
import { headerNames, topics } from '@switchboard/contracts';
import { createTestAuthority, startTestReceiver, status, type TestAuthority, type TestReceiver } from '@switchboard/webhooks/testing';
import { Webhook as Verifier } from 'standardwebhooks';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { CONTENT, contentEvent, type DeliveryHarness, startDeliveryHarness } from './testing/delivery-harness.ts';

// Attempts are real and the machine may be busy.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let authority: TestAuthority;
const stops: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  authority = await createTestAuthority();
});

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function receiver(): Promise<TestReceiver> {
  const started = await startTestReceiver(await authority.issue());
  stops.push(() => started.stop());
  return started;
}

async function harness(environment: Readonly<Record<string, string>> = {}): Promise<DeliveryHarness> {
  const started = await startDeliveryHarness({ authority: authority.pem, environment });
  stops.push(() => started.stop());
  return started;
}

function webhook(endpoint: string, members: object = {}) {
  return { capabilities: { webhooks: { [CONTENT]: { endpoint, ...members } } } };
}

describe('a delivery that succeeds', () => {
  it('is one request, signed, with the headers of Standard Webhooks and CloudEvents', async () => {
    const [endpoint, delivery] = await Promise.all([receiver(), harness()]);
    const headers = [{ header_name: 'X-Own', header_value: 'yes' }];
    const secret = delivery.install('a', webhook(`${endpoint.url}/in`, { headers }));
    const event = contentEvent('19:meeting "ü"@thread.v2');
    const deliveryId = await delivery.deliver('a', event);
    const [outcome] = await delivery.ended(1);

    expect(outcome).toMatchObject({
      deliveryId,
      run: '0',
      outcome: 'delivered',
      terminal: true,
      attempt: 1,
      status: 200,
      code: null,
      installVersion: 1,
    });
    expect(endpoint.requests).toHaveLength(1);
    const [request] = endpoint.requests;
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json',
      'webhook-id': deliveryId,
      'x-own': 'yes',
      'ce-specversion': '1.0',
      'ce-id': event.record.eventId,
      'ce-type': CONTENT,
      'ce-source': '/bot-framework/contoso-bot',
      'ce-subject': '19:meeting%20%22%C3%BC%22@thread.v2',
    });
    expect(request?.headers.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    const body = new Verifier(secret).verify(request?.body ?? '', request?.headers as Record<string, string>);
    expect(body).toMatchObject({
      kind: 'notification',
      type: 'ms.MessagingEventNotification',
      body: { changes: [{ event: { type: 'ContentEvent' } }] },
    });
  });

  it('commits its record', async () => {
    const [endpoint, delivery] = await Promise.all([receiver(), harness()]);
    delivery.install('a', webhook(endpoint.url));
    for (let n = 0; n < 20; n++) await delivery.deliver('a', contentEvent(`conversation-${n}`));
    await delivery.ended(20);
    await delivery.stop();
    expect(await delivery.uncommitted()).toBe(0n);
  });

  it('has headers of at most 2 kB for a conversation id of 9 kB encoded', async () => {
    const [endpoint, delivery] = await Promise.all([receiver(), harness()]);
    delivery.install('a', webhook(endpoint.url));
    const conversation = '漢'.repeat(1_000);
    await delivery.deliver('a', contentEvent(conversation));
    await delivery.ended(1);
    const { headers } = endpoint.requests[0] ?? {};
    const hashed = `sha256:${createHash('sha256').update(conversation, 'utf8').digest('hex')}`;
    expect(headers).toMatchObject({ 'ce-subject': hashed, 'ce-partitionkey': hashed });
    expect(JSON.stringify(headers).length).toBeLessThan(2_048);
  });

  it('names the replay it belongs to', async () => {
    const [endpoint, delivery] = await Promise.all([receiver(), harness()]);
    delivery.install('a', webhook(endpoint.url));
    await delivery.deliver('a', contentEvent(), { run: 'a1b2c3d4-0000-4000-8000-000000000000' });
    await delivery.ended(1);
    expect(endpoint.requests[0]?.headers['sb-replay']).toBe('a1b2c3d4-0000-4000-8000-000000000000');
  });
});

describe('which answers are success', () => {
  it('are 200 and 201 and no other', async () => {
    // Each install connects for itself: 400 handshakes at once would outlive the time of an attempt on a slow machine.
    const [endpoint, delivery] = await Promise.all([receiver(), harness({ BREAKER_THRESHOLD: '1000', MAX_IN_FLIGHT: '20' })]);
    endpoint.answer((request, response) => response.writeHead(Number(request.path.slice(1))).end());
    const codes = Array.from({ length: 400 }, (_, index) => 200 + index);
    for (const code of codes) {
      delivery.install(`s${code}`, webhook(`${endpoint.url}/${code}`));
      await delivery.deliver(`s${code}`, contentEvent());
    }
    const ended = await delivery.ended(codes.length);
    const delivered = ended.filter(({ outcome }) => outcome === 'delivered').map(({ status: code }) => code);
    expect(delivered.toSorted()).toEqual([200, 201]);
    expect(ended.filter(({ outcome }) => outcome === 'dead')).toHaveLength(398);
    expect(endpoint.requests).toHaveLength(400);
  });
});

describe('retries', () => {
  it.each([0, 1, 2, 3, 4, 5])(
    'with max_retries %i are that many, all with the same id and body, then the delivery is dead',
    async (maxRetries) => {
      const [endpoint, delivery] = await Promise.all([receiver(), harness()]);
      endpoint.answer(status(500));
      delivery.install('a', webhook(endpoint.url, { max_retries: maxRetries }));
      const deliveryId = await delivery.deliver('a', contentEvent());
      await delivery.ended(1);

      expect(endpoint.requests).toHaveLength(maxRetries + 1);
      expect(new Set(endpoint.requests.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([deliveryId]));
      expect(new Set(endpoint.requests.map(({ body }) => body)).size).toBe(1);
      const outcomes = await delivery.outcomes();
      expect(outcomes.map(({ outcome, attempt, terminal, next }) => ({ outcome, attempt, terminal, next }))).toEqual([
        ...Array.from({ length: maxRetries }, (_, n) => ({
          outcome: 'failed',
          attempt: n + 1,
          terminal: false,
          next: `deliveries.retry.${n + 1}.v1`,
        })),
        { outcome: 'dead', attempt: maxRetries + 1, terminal: true, next: null },
      ]);
      const [dead, ...others] = await delivery.read(topics.dead.name);
      expect(others).toEqual([]);
      expect(dead && delivery.headerOf(dead, headerNames.lastCode)).toBe('ERR_ATTEMPT_STATUS');
      expect(dead && delivery.headerOf(dead, headerNames.lastStatus)).toBe('500');
      expect(dead && delivery.headerOf(dead, headerNames.attempt)).toBe(String(maxRetries + 1));
    },
  );

  it('end with the first success', async () => {
    const [endpoint, delivery] = await Promise.all([receiver(), harness()]);
    endpoint.answer((_request, response) => response.writeHead(endpoint.requests.length < 3 ? 503 : 201).end());
    delivery.install('a', webhook(endpoint.url, { max_retries: 5 }));
    await delivery.deliver('a', contentEvent());
    expect(await delivery.ended(1)).toMatchObject([{ outcome: 'delivered', attempt: 3, status: 201 }]);
  });

  it('give the four webhooks of the specified document 2, 1, 1 and 4 attempts', async () => {
    const [endpoint, delivery] = await Promise.all([receiver(), harness()]);
    endpoint.answer(status(500));
    const retries = { one: 1, none: undefined, also: undefined, three: 3 };
    for (const [name, maxRetries] of Object.entries(retries)) {
      delivery.install(name, webhook(`${endpoint.url}/${name}`, maxRetries === undefined ? {} : { max_retries: maxRetries }));
      await delivery.deliver(name, contentEvent());
    }
    await delivery.ended(4);
    const counts = Object.keys(retries).map((name) => endpoint.requests.filter(({ path }) => path === `/${name}`).length);
    expect(counts).toEqual([2, 1, 1, 4]);
  });

  it('wait in the first topic that is as long as Retry-After asks for', async () => {
    const [endpoint, delivery] = await Promise.all([receiver(), harness({ RETRY_DELAYS_MS: '50,500,1000,1500,2000' })]);
    endpoint.answer((_request, response) => response.writeHead(endpoint.requests.length === 1 ? 503 : 200, { 'retry-after': '1' }).end());
    delivery.install('a', webhook(endpoint.url, { max_retries: 1 }));
    await delivery.deliver('a', contentEvent());
    await delivery.ended(1);
    expect((await delivery.outcomes())[0]).toMatchObject({ outcome: 'failed', next: 'deliveries.retry.3.v1' });
  });

  it('are none for an address that may not be connected to', async () => {
    const delivery = await harness();
    delivery.install('a', webhook('https://10.0.0.1/in', { max_retries: 5 }));
    await delivery.deliver('a', contentEvent());
    expect(await delivery.ended(1)).toMatchObject([{ outcome: 'dead', code: 'ERR_ATTEMPT_ADDRESS_REFUSED', attempt: 1 }]);
  });
});

describe('the newest state of the install counts', () => {
  it.each<[string, (delivery: DeliveryHarness, url: string) => void, string]>([
    ['was removed', (delivery) => delivery.remove('a'), 'ERR_SKIPPED_INSTALL_REMOVED'],
    ['was disabled', (delivery, url) => delivery.install('a', { enabled: false, ...webhook(url) }), 'ERR_SKIPPED_INSTALL_DISABLED'],
    ['lost the webhook', (delivery) => delivery.install('a', {}), 'ERR_SKIPPED_WEBHOOK_REMOVED'],
    [
      'has a filter that shuts the event out',
      (delivery, url) => delivery.install('a', { filter: { tenants: ['other'] }, ...webhook(url) }),
      'ERR_SKIPPED_FILTERED',
    ],
  ])('an install that %s gets no retry, and the delivery ends as skipped', async (_case, change, code) => {
    const [endpoint, delivery] = await Promise.all([receiver(), harness()]);
    endpoint.answer((_request, response) => {
      change(delivery, endpoint.url);
      response.writeHead(500).end();
    });
    delivery.install('a', webhook(endpoint.url, { max_retries: 3 }));
    await delivery.deliver('a', contentEvent());
    expect(await delivery.ended(1)).toMatchObject([{ outcome: 'skipped', code, attempt: 0 }]);
    expect(endpoint.requests).toHaveLength(1);
  });

  it('a moved endpoint gets the retry', async () => {
    const [old, fresh, delivery] = await Promise.all([receiver(), receiver(), harness()]);
    old.answer((_request, response) => {
      delivery.install('a', webhook(fresh.url, { max_retries: 3 }));
      response.writeHead(500).end();
    });
    delivery.install('a', webhook(old.url, { max_retries: 3 }));
    await delivery.deliver('a', contentEvent());
    expect(await delivery.ended(1)).toMatchObject([{ outcome: 'delivered', attempt: 2, installVersion: 2 }]);
    expect([old.requests.length, fresh.requests.length]).toEqual([1, 1]);
  });

  it('a rotated secret signs beside the old one', async () => {
    const [endpoint, delivery] = await Promise.all([receiver(), harness()]);
    const secrets = [delivery.install('a', webhook(endpoint.url)), delivery.install('a', webhook(endpoint.url))];
    await delivery.deliver('a', contentEvent());
    await delivery.ended(1);
    const [request] = endpoint.requests;
    for (const secret of secrets) new Verifier(secret).verify(request?.body ?? '', request?.headers as Record<string, string>);
    expect(request?.headers['webhook-signature']).toMatch(/^v1,\S+ v1,\S+$/);
  });

  it('a paused install keeps its backlog, past the maximum age too, and gets it when it goes on', async () => {
    const [endpoint, delivery] = await Promise.all([receiver(), harness({ DELIVERY_MAX_AGE: '1s' })]);
    delivery.install('a', webhook(endpoint.url), { paused: true });
    await delivery.deliver('a', contentEvent(), { firstAt: Date.now() - 60_000 });
    await expect.poll(async () => (await delivery.outcomes()).length).toBeGreaterThanOrEqual(2);
    for (const outcome of await delivery.outcomes()) {
      expect(outcome).toMatchObject({ outcome: 'deferred', code: 'ERR_DEFERRED_PAUSED', attempt: 0, terminal: false });
    }
    expect(endpoint.requests).toEqual([]);
    delivery.install('a', webhook(endpoint.url), { paused: false });
    expect(await delivery.ended(1)).toMatchObject([{ outcome: 'delivered', attempt: 1 }]);
    expect(endpoint.requests).toHaveLength(1);
  });

  it('a 410 asks to disable the webhook only where the document says so', async () => {
    const [endpoint, delivery] = await Promise.all([receiver(), harness()]);
    endpoint.answer(status(410));
    delivery.install('keeps', webhook(endpoint.url));
    delivery.install('gives-up', webhook(endpoint.url, { disable_on_gone: true }));
    await delivery.deliver('keeps', contentEvent());
    await delivery.deliver('gives-up', contentEvent());
    await delivery.ended(2);
    expect(delivery.gone).toEqual([`gives-up ${CONTENT}`]);
  });
});

describe('isolation', () => {
  it('a hanging endpoint delays nobody else', async () => {
    const [hanging, quick, delivery] = await Promise.all([receiver(), receiver(), harness()]);
    hanging.answer(() => {});
    delivery.install('hangs', webhook(hanging.url, { max_retries: 1 }));
    delivery.install('quick', webhook(quick.url));
    for (let n = 0; n < 200; n++) {
      await delivery.deliver('hangs', contentEvent(`c${n}`));
      await delivery.deliver('quick', contentEvent(`c${n}`));
    }
    await expect.poll(() => quick.requests.length, { timeout: 9_000 }).toBe(200);
    const terminal = (await delivery.ended(200)).filter(({ installId }) => installId === 'hangs');
    expect(terminal).toEqual([]);
    await hanging.stop();
  });

  it('what a rate limit leaves no room for is put off, not attempted and not lost', async () => {
    const [endpoint, delivery] = await Promise.all([receiver(), harness()]);
    delivery.install('a', webhook(endpoint.url, { rate_limit: 5, max_retries: 0 }));
    const ids = new Set<string>();
    for (let n = 0; n < 12; n++) ids.add(await delivery.deliver('a', contentEvent(`c${n}`)));
    const ended = await delivery.ended(12);
    expect(new Set(ended.map(({ deliveryId }) => deliveryId))).toEqual(ids);
    expect(new Set(ended.map(({ outcome, attempt }) => `${outcome} ${attempt}`))).toEqual(new Set(['delivered 1']));
    const deferred = (await delivery.outcomes()).filter(({ outcome }) => outcome === 'deferred');
    expect(new Set(deferred.map(({ code }) => code))).toEqual(new Set(['ERR_DEFERRED_RATE_LIMIT']));
  });

  it('what was put off for longer than the maximum age is dead with its own code', async () => {
    const [endpoint, delivery] = await Promise.all([
      receiver(),
      harness({ LANE_CAPACITY: '1', LANE_CONCURRENCY: '1', ATTEMPT_TIMEOUT: '1s' }),
    ]);
    endpoint.answer(() => {});
    delivery.install('a', webhook(endpoint.url));
    const old = Date.now() - 86_400_001;
    for (let n = 0; n < 3; n++) await delivery.deliver('a', contentEvent(`c${n}`), { firstAt: old });
    expect(await delivery.ended(1)).toMatchObject([{ outcome: 'dead', code: 'ERR_DEAD_EXPIRED', attempt: 0 }]);
  });
});

describe('records that come again', () => {
  it('lead to no second attempt of the same run, and to one of another run', async () => {
    const [endpoint, delivery] = await Promise.all([receiver(), harness()]);
    delivery.install('a', webhook(endpoint.url));
    const event = contentEvent();
    for (let n = 0; n < 3; n++) await delivery.deliver('a', event);
    await delivery.deliver('a', event, { run: '1' });
    await delivery.ended(2);
    await delivery.stop();
    expect(endpoint.requests).toHaveLength(2);
    expect((await delivery.outcomes()).map(({ run }) => run).toSorted()).toEqual(['0', '1']);
    expect(await delivery.uncommitted()).toBe(0n);
  });
});

describe('repliers', () => {
  it('reply by the body of their 200 answer', async () => {
    const [endpoint, delivery] = await Promise.all([receiver(), harness()]);
    endpoint.answer((_request, response) => response.writeHead(200).end('{"type":"message","text":"hi"}'));
    delivery.install('a', webhook(endpoint.url, { replier: true }));
    const event = contentEvent();
    await delivery.deliver('a', event);
    await delivery.ended(1);
    const [reply] = await delivery.read(topics.replies.name);
    expect(reply?.key?.toString()).toBe(event.notificationId);
  });

  it.each([
    ['no JSON', 'ok', 'ERR_REPLY_NOT_OBJECT'],
    ['no message', '{"type":"typing"}', 'ERR_REPLY_TYPE'],
    ['a workflow for a message', '{"links":{"callback":"https://bot.example"},"actions":[]}', 'ERR_REPLY_TYPE'],
    ['too large a message', JSON.stringify({ type: 'message', text: 'x'.repeat(30_000) }), 'ERR_REPLY_SIZE'],
    ['more than is read', 'x'.repeat(70_000), 'ERR_REPLY_SIZE'],
  ])('see in the outcome why %s was no reply', async (_case, body, code) => {
    const [endpoint, delivery] = await Promise.all([receiver(), harness()]);
    endpoint.answer((_request, response) => response.writeHead(200).end(body));
    delivery.install('a', webhook(endpoint.url, { replier: true }));
    await delivery.deliver('a', contentEvent());
    expect(await delivery.ended(1)).toMatchObject([{ outcome: 'delivered', code }]);
    expect(await delivery.read(topics.replies.name)).toEqual([]);
  });

  it('of an event of the legacy calling protocol reply with a workflow', async () => {
    const [endpoint, delivery] = await Promise.all([receiver(), harness()]);
    const workflow = { links: { callback: 'https://bot.example/next' }, actions: [{ operationId: '1', action: 'hangup' }] };
    endpoint.answer((_request, response) => response.writeHead(200).end(JSON.stringify(workflow)));
    delivery.install('a', webhook(endpoint.url, { replier: true }));
    const event = contentEvent();
    await delivery.deliver('a', { ...event, record: { ...event.record, source: 'legacy-calling' } } as typeof event);
    expect(await delivery.ended(1)).toMatchObject([{ outcome: 'delivered', code: null }]);
    const [reply] = await delivery.read(topics.replies.name);
    expect(reply?.key?.toString()).toBe(event.notificationId);
  });

  it('may say nothing', async () => {
    const [endpoint, delivery] = await Promise.all([receiver(), harness()]);
    delivery.install('a', webhook(endpoint.url, { replier: true }));
    await delivery.deliver('a', contentEvent());
    expect(await delivery.ended(1)).toMatchObject([{ outcome: 'delivered', code: null }]);
  });
});

describe('ordering by conversation', () => {
  const ordered = { ordering: 'conversation', max_retries: 5 };

  it('keeps later deliveries of a conversation behind one that has to be tried again', async () => {
    const [endpoint, delivery] = await Promise.all([receiver(), harness()]);
    endpoint.answer((request, response) =>
      response.writeHead(endpoint.requests.length < 3 && request.body.includes('m0') ? 500 : 200).end(),
    );
    delivery.install('a', webhook(endpoint.url, ordered));
    for (let n = 0; n < 10; n++) await delivery.deliver('a', contentEvent('talk', `m${n}`));
    await delivery.ended(10);
    const seen = endpoint.requests.map(({ body }) => /"(m\d)"/.exec(body)?.[1]);
    expect(seen).toEqual(['m0', 'm0', 'm0', 'm1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7', 'm8', 'm9']);
  });

  it('does not hold up other conversations', async () => {
    const [endpoint, delivery] = await Promise.all([receiver(), harness({ RETRY_DELAYS_MS: '10000,10000,10000,10000,10000' })]);
    endpoint.answer((request, response) => response.writeHead(request.body.includes('bad') ? 500 : 200).end());
    delivery.install('a', webhook(endpoint.url, ordered));
    await delivery.deliver('a', contentEvent('stuck', 'bad'));
    await delivery.deliver('a', contentEvent('stuck', 'behind'));
    await delivery.deliver('a', contentEvent('free', 'fine'));
    expect(await delivery.ended(1)).toMatchObject([{ outcome: 'delivered' }]);
    expect(endpoint.requests.map(({ body }) => /"(bad|behind|fine)"/.exec(body)?.[1]).toSorted()).toEqual(['bad', 'fine']);
  });
});
