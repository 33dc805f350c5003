import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { topics } from '@switchboard/contracts';
import type { SampleRequest } from '@switchboard/source-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activityFor } from '../support/activities.ts';
import { fragmentOf, hasSharedPayloads, readShared } from '../support/shared-payloads.ts';
import { CALLING_CLAIMS, PUBLISHED_TIMES, type SpecStack, startSpecStack, UCWA_CLAIMS } from '../support/spec-stack.ts';
import { eventually, showLogsOnFailure, untilTaken } from '../support/test-stack.ts';

/** MAC of the published message under the published key of the same page. */
const PUBLISHED_MAC = 'HMAC 03TCao0i55H1eVKUusZOTZRjtvYTs+mO41mPL+R1e1U=';
const REPLY = { type: 'message', text: 'This is a reply!' };
const ownKey = randomBytes(32);
let stack: SpecStack;

beforeAll(async () => {
  const contoso = hasSharedPayloads ? /\{"contoso", "([^"]+)"/.exec(readShared('003').toString('utf8'))?.[1] : undefined;
  const keys = { contoso: contoso ?? randomBytes(32).toString('base64'), fabrikam: ownKey.toString('base64') };
  stack = await startSpecStack({ keys, reply: REPLY });
});

afterAll(() => stack?.stop());

async function callingRequest(claims: object, body: object = {}, header = 'authorization'): Promise<SampleRequest> {
  const token = stack.issuer.issuers.calling.token({ ...claims });
  const headers = { 'content-type': 'application/json', [header]: `Bearer ${token}` };
  return { name: '', method: 'POST', target: '/calling/published', headers, body: Buffer.from(JSON.stringify(body)), eventTypes: [] };
}

describe('the specification of call notifications', () => {
  const notification = (callId: string, entityType: string) => ({
    value: [
      {
        subscriptionId: randomUUID().replaceAll('-', '').toUpperCase(),
        subscriptionExpirationDateTime: '2026-11-20T18:23:45.9356913Z',
        changeType: 'updated',
        resource: `/app/calls/${callId}`,
        resourceData: { '@odata.type': entityType, state: 'Established' },
      },
    ],
  });

  it.each([
    ['an empty type', ''],
    ['the type of a call', '#microsoft.graph.call'],
  ])('an established call under %s is accepted and delivered as its state', async (_case, entityType) => {
    showLogsOnFailure(stack);
    const callId = randomUUID().replaceAll('-', '').toUpperCase();
    const signed = await callingRequest(CALLING_CLAIMS, notification(callId, entityType));
    expect(await untilTaken(() => stack.post(signed))).toMatchObject({ status: 202, body: '' });
    expect(await stack.changesAbout(callId)).toMatchObject([
      {
        eventType: 'calling.CallNotification.CallStateEvent',
        callId,
        event: { type: 'CallStateEvent', state: 'established', rawState: 'Established', changeType: 'updated' },
      },
    ]);
  });

  it.each([
    ['without an issuer, as the older text has it', { ...CALLING_CLAIMS, iss: '' }],
    ['at the times of the example', { ...CALLING_CLAIMS, ...PUBLISHED_TIMES }],
  ])('the claims of the example %s prove nothing', async (_case, claims) => {
    const signed = await callingRequest(claims, notification(randomUUID(), ''));
    expect((await stack.post(signed)).status).toBe(401);
    expect(await stack.stored(signed.body)).toEqual([]);
  });

  it('a token in the header Authentication, as the example request has it, proves nothing', async () => {
    const signed = await callingRequest(CALLING_CLAIMS, notification(randomUUID(), ''), 'authentication');
    expect((await stack.post(signed)).status).toBe(401);
    expect(await stack.stored(signed.body)).toEqual([]);
  });

  it('a legacy notification is answered with an empty 204, and its Graph copy alone becomes the call', async () => {
    showLogsOnFailure(stack);
    const legacy = await stack.sample('legacy-calling');
    expect(await untilTaken(() => stack.post(legacy))).toMatchObject({ status: 204, body: '' });
    const [callId, chain] = [JSON.parse(legacy.body.toString('utf8')).id, legacy.headers['x-microsoft-skype-chain-id'] ?? ''];
    const graph = await stack.sample('graph-calling');
    const body = Buffer.from(
      graph.body.toString('utf8').replaceAll(JSON.parse(graph.body.toString('utf8')).value[0].resourceData.id, callId),
    );
    const headers = {
      'x-microsoft-skype-chain-id': chain,
      'x-microsoft-skype-message-id': legacy.headers['x-microsoft-skype-message-id'] ?? '',
    };
    expect((await untilTaken(() => stack.post({ ...graph, body }, headers))).status).toBe(202);
    const changes = await stack.changesAbout(callId, 2);
    expect(changes.map(({ eventType }) => eventType).toSorted()).toEqual([
      'calling.CallNotification.IncomingCallEvent',
      'calling.CallNotification.ProtocolDeterminationEvent',
    ]);
  });

  it('a new call of another region is answered 302 with its Location, kept, and makes no event here', async () => {
    showLogsOnFailure(stack);
    const graph = await stack.sample('graph-calling');
    const body = Buffer.from(graph.body.toString('utf8').replace('"countryCode":"DE"', '"countryCode":"US"'));
    const answer = await untilTaken(() => stack.post({ ...graph, body }));
    expect(answer).toMatchObject({ status: 302, body: '', headers: { location: `${stack.receiver.origin}/amer/calling/contoso-bot` } });
    const [stored] = await stack.stored(body);
    expect(stored).toMatchObject({ disposition: 'redirected', answer: { status: 302, location: answer.headers.location } });
    const reasons = await eventually(async () => {
      const records = await stack.read(topics.rejected.name);
      const all = records.map(({ value }) =>
        stack.codec.decode('switchboard.notifications.v1.RejectedNotification', value ?? Buffer.alloc(0)),
      );
      const own = all.filter(({ notificationId }) => notificationId === stored?.notificationId);
      return own.length > 0 ? own : undefined;
    });
    expect(reasons.map(({ code }) => code)).toEqual(['ERR_NORMALIZE_REDIRECTED']);
  });

  it.skipIf(!hasSharedPayloads).each(['000', '001'] as const)(
    '%s, read in place from the shared payloads, goes the same way',
    async (name) => {
      showLogsOnFailure(stack);
      const value = fragmentOf(name, /"subscriptionId"[\s\S]*?"state": "Established"/);
      const claims = { ...fragmentOf(name, /"aud":[\s\S]*?"tid": "[^"]*"/) };
      expect(claims).toEqual({ ...CALLING_CLAIMS, ...PUBLISHED_TIMES, ...(name === '000' ? { iss: '' } : {}) });
      const now = Math.floor(Date.now() / 1_000);
      const renewed = { ...claims, iss: CALLING_CLAIMS.iss, iat: now, nbf: now, exp: now + Number(claims.exp) - Number(claims.iat) };
      const signed = await callingRequest(renewed, { value: [value] });
      expect((await untilTaken(() => stack.post(signed))).status).toBe(202);
      // Both texts have the same call: one more event each time.
      const changes = await stack.changesAbout('8A934F51F25B4EE19613D4049491857B', name === '000' ? 1 : 2);
      expect(changes.at(-1)).toMatchObject({ eventType: 'calling.CallNotification.CallStateEvent', event: { state: 'established' } });
    },
  );
});

describe('the specification of UCWA webhooks', () => {
  const APPLICATION = '/platformservice/tgt-0f0f/v1/applications/77';

  const document = (conversation: string) => ({
    _links: { self: { href: `${APPLICATION}/events?ack=3&key=${encodeURIComponent(`77~sip:desk@contoso.example~${conversation}`)}` } },
    sender: [
      {
        rel: 'ms:rtc:saas:conversation',
        href: `${APPLICATION}/communication/conversations/${conversation}`,
        events: [
          {
            link: { rel: 'ms:rtc:saas:messaging', href: `${APPLICATION}/communication/conversations/${conversation}/messaging` },
            _embedded: { 'ms:rtc:saas:messaging': { state: 'Connected', rel: 'ms:rtc:saas:messaging' } },
            type: 'updated',
          },
        ],
      },
    ],
    baseuri: 'https://pool1.example.com',
  });

  /** The request of the example, sent as it is there: the body only once the server asks for it. */
  function post(target: string, body: Buffer, claims: object = UCWA_CLAIMS) {
    const issuer = stack.issuer.issuers.ucwa;
    const headers = {
      'X-MS-Correlation-Id': '3953004368',
      'client-request-id': randomUUID(),
      Authorization: `Bearer ${issuer.token({ ...claims }, { header: { x5t: issuer.kid } })}`,
      Expect: '100-continue',
      'Content-Type': 'application/json; type="application/vnd.microsoft.com.ucwa+json"; charset=utf-8',
      'Content-Length': body.length,
    };
    const once = () => {
      const answer = Promise.withResolvers<{
        continued: boolean;
        status: number;
        type: string | undefined;
        length: string | undefined;
        body: string;
      }>();
      let continued = false;
      const request = httpRequest(`${stack.ingressUrl}${target}`, { method: 'POST', headers }, async (response) => {
        const text = (await response.toArray()).join('');
        const { 'content-type': type, 'content-length': length } = response.headers;
        answer.resolve({ continued, status: response.statusCode ?? 0, type, length, body: text });
      });
      request.on('continue', () => {
        continued = true;
        request.end(body);
      });
      request.on('error', answer.reject);
      request.flushHeaders();
      return answer.promise;
    };
    return { answer: untilTaken(once), requestId: headers['client-request-id'] };
  }

  it('the example request on a custom URL is accepted, kept with its headers, and delivered with the context of its path', async () => {
    showLogsOnFailure(stack);
    const conversation = randomUUID();
    const body = Buffer.from(JSON.stringify(document(conversation)));
    const { answer, requestId } = post('/ucwa/litware/customContext=xxx', body);
    expect(await answer).toEqual({ continued: true, status: 200, type: undefined, length: '0', body: '' });
    const [stored] = await stack.stored(body);
    expect(stored).toMatchObject({
      source: 'ucwa',
      principal: { scheme: 'bearer', issuer: UCWA_CLAIMS.iss, tenantId: UCWA_CLAIMS.tid },
      headers: {
        'x-ms-correlation-id': '3953004368',
        'client-request-id': requestId,
        'content-type': 'application/json; type="application/vnd.microsoft.com.ucwa+json"; charset=utf-8',
      },
    });
    expect(Object.keys(stored?.headers ?? {})).not.toContain('authorization');
    expect(await stack.changesAbout(conversation)).toMatchObject([
      {
        eventType: 'cqm.ExConversationChangeNotification',
        result: { convId: conversation },
        switchboard: { source: 'ucwa', tenantId: UCWA_CLAIMS.tid, extensions: { callbackPath: 'customContext=xxx' } },
      },
    ]);
  });

  it('the answer on the default URL carries a context, which the next request brings back', async () => {
    showLogsOnFailure(stack);
    const conversation = randomUUID();
    const invited = await post('/ucwa/litware', Buffer.from(JSON.stringify(document(conversation)))).answer;
    expect(invited).toMatchObject({ status: 200, type: 'application/json', length: String(invited.body.length) });
    const answered = JSON.parse(invited.body) as { CallbackContext: string };
    expect(Object.keys(answered)).toEqual(['CallbackContext']);
    const next = Buffer.from(JSON.stringify(document(conversation)));
    const target = `/ucwa/litware?callbackContext=${encodeURIComponent(answered.CallbackContext)}`;
    expect(await post(target, Buffer.from(next.toString('utf8').replace('ack=3', 'ack=4'))).answer).toMatchObject({
      status: 200,
      body: '',
    });
    const [, second] = await stack.changesAbout(conversation, 2);
    expect(second).toMatchObject({ switchboard: { extensions: { callbackContext: answered.CallbackContext } } });
  });

  it('the context "0" of the example, which is not ours, is passed on as it comes', async () => {
    showLogsOnFailure(stack);
    const conversation = randomUUID();
    const { answer } = post('/ucwa/litware?callbackContext=0', Buffer.from(JSON.stringify(document(conversation))));
    expect(await answer).toMatchObject({ status: 200, body: '' });
    expect(await stack.changesAbout(conversation)).toMatchObject([{ switchboard: { extensions: { callbackContext: '0' } } }]);
  });

  it('the claims of the example at their own times prove nothing', async () => {
    const body = Buffer.from(JSON.stringify(document(randomUUID())));
    expect((await post('/ucwa/litware', body, { ...UCWA_CLAIMS, ...PUBLISHED_TIMES }).answer).status).toBe(401);
    expect(await stack.stored(body)).toEqual([]);
  });

  it.skipIf(!hasSharedPayloads)('the claims used here are those of the shared payloads, at other times', () => {
    expect(fragmentOf('002', /"aud":[\s\S]*?"ver": "[^"]*"/)).toEqual({ ...UCWA_CLAIMS, ...PUBLISHED_TIMES });
  });
});

describe('the specification of outgoing webhooks', () => {
  const message = () =>
    activityFor('ms.MessagingEventNotification.ContentEvent', { tenant: randomUUID(), text: '<at>MyWebHook</at> Hello' });
  const macOf = (body: Buffer) => createHmac('sha256', ownKey).update(body).digest('base64');
  const post = (body: Buffer, headers: Readonly<Record<string, string>>, query = '?id=fabrikam') =>
    untilTaken(() => stack.post({ name: '', method: 'POST', target: `/outgoing-webhook${query}`, headers, body, eventTypes: [] }));

  it('a message under the MAC of its bytes is answered with the reply of the example and delivered', async () => {
    showLogsOnFailure(stack);
    const body = message();
    const answer = await post(body, { authorization: `HMAC ${macOf(body)}` });
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': expect.stringMatching(/^application\/json/) } });
    expect(JSON.parse(answer.body)).toEqual(REPLY);
    expect(await stack.changesAbout(JSON.parse(body.toString('utf8')).id)).toMatchObject([
      { eventType: 'ms.MessagingEventNotification.ContentEvent', event: { message: '<at>MyWebHook</at> Hello' } },
    ]);
  });

  it.each<[string, (body: Buffer) => Promise<{ status: number }>]>([
    ['no id', (body) => post(body, { authorization: `HMAC ${macOf(body)}` }, '')],
    ['an id without a key', (body) => post(body, { authorization: `HMAC ${macOf(body)}` }, '?id=northwind')],
    ['no Authorization', (body) => post(body, {})],
    ['the MAC in a header hmac', (body) => post(body, { hmac: macOf(body) })],
    ['another scheme', (body) => post(body, { authorization: `Bearer ${macOf(body)}` })],
    ['the MAC of another body', (body) => post(body, { authorization: `HMAC ${macOf(Buffer.from('{}'))}` })],
    ['an empty body under its MAC', () => post(Buffer.alloc(0), { authorization: `HMAC ${macOf(Buffer.alloc(0))}` })],
  ])('a request with %s is refused', async (_case, send) => {
    const body = message();
    expect((await send(body)).status).toBe(401);
    expect(await stack.stored(body)).toEqual([]);
  });

  it('an id in capitals finds its key', async () => {
    const body = message();
    expect((await post(body, { authorization: `HMAC ${macOf(body)}` }, '?id=FABRIKAM')).status).toBe(200);
  });

  it.skipIf(!hasSharedPayloads)(
    'the message of the shared payloads is proven by the MAC published for it, and kept byte for byte',
    async () => {
      showLogsOnFailure(stack);
      const body = readShared('hmacVector');
      expect((await post(body, { authorization: PUBLISHED_MAC }, '?id=fabrikam')).status).toBe(401);
      const answer = await post(body, { authorization: PUBLISHED_MAC }, '?id=Contoso');
      expect(answer.status).toBe(200);
      expect(JSON.parse(answer.body)).toEqual(fragmentOf('003', /(?<=Example response[\s\S]*?)"type": "message",\s*"text": "[^"]*"/));
      expect(await stack.stored(body)).toHaveLength(1);
      expect(await stack.changesAbout('1485983408511')).toMatchObject([
        {
          eventType: 'ms.MessagingEventNotification.ContentEvent',
          event: { message: '<at>MyCustomBot</at> Hello <at>Larry Brown</at>' },
          originatorMetadata: { name: 'Tim Jones' },
        },
      ]);
    },
  );
});

describe('the specification of app installs', () => {
  it.skipIf(!hasSharedPayloads)('the document of the shared payloads is accepted unchanged', async () => {
    const document = fragmentOf('004', /"client_name"[\s\S]*?(?=\}\s*When this configuration)/);
    const created = await stack.admin('PUT', '/v1/app-installs/published', document);
    expect(created).toMatchObject({ status: 201, body: { version: 1, document } });
    expect((await stack.admin('DELETE', '/v1/app-installs/published', undefined, { 'if-match': '*' })).status).toBe(204);
  });
});
