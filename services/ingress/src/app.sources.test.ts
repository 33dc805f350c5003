import type { KeySets, SampleRequest, SampleSigner } from '@switchboard/source-kit';
import { createTestIssuer, type TestIssuer } from '@switchboard/source-kit/testing';
import { sources } from '@switchboard/sources';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestIngress, type TestIngress, until } from './testing/start-ingress.ts';

const audience = '11111111-2222-4333-8444-555555555555';
const ucwaAudience = 'https://litware.example';
const tenantId = '99999999-2222-4333-8444-555555555555';
const hmacKey = Buffer.alloc(32, 7).toString('base64');

let issuer: TestIssuer;
let keySets: KeySets;
let ingress: TestIngress;

beforeAll(async () => {
  issuer = await createTestIssuer();
  keySets = issuer.keySets();
  const metadataUrl = issuer.metadataUrl;
  ingress = await startTestIngress({
    sources,
    keySets,
    environment: { HOOK_KEY: hmacKey },
    sourcesFile: JSON.stringify({
      routingTokenKeys: [{ env: 'ROUTING_KEY' }],
      regions: { self: 'emea', table: { emea: 'https://emea.example' } },
      apps: {
        bot: {
          'graph-calling': { audience, tenants: [tenantId], metadataUrl },
          'bot-framework': { audience, metadataUrl },
          ucwa: { audience: ucwaAudience, tenants: [tenantId], metadataUrl },
          'outgoing-webhook': {
            ids: ['contoso'],
            keys: [{ env: 'HOOK_KEY' }],
            reply: { waitMs: 50, default: { type: 'message', text: 'noted' } },
          },
        },
        patient: {
          'outgoing-webhook': {
            ids: ['fabrikam'],
            keys: [{ env: 'HOOK_KEY' }],
            reply: { waitMs: 4_500, default: { type: 'message', text: 'noted' } },
          },
        },
      },
    }),
  });
});
afterAll(() => ingress.stop());

function signerFor(id: string): SampleSigner {
  return issuer.signer({ app: 'bot', audience: id === 'ucwa' ? ucwaAudience : audience, tenantId, hmacKey, hmacId: 'contoso' });
}

const send = (sample: SampleRequest) => ingress.post(sample.target, sample.body, sample.headers);

/** Statuses of the responses to the samples of each source. */
const statuses: Readonly<Record<string, number>> = {
  'graph-calling': 202,
  'legacy-calling': 204,
  ucwa: 200,
  'outgoing-webhook': 200,
  'bot-framework': 200,
};

describe.each(sources.map((source) => [source.id, source] as const))('samples of %s', (id, source) => {
  it('are authenticated, stored as sent, and get the response of their protocol', async () => {
    const samples = await source.sample(signerFor(id));
    expect(samples.length).toBeGreaterThan(0);
    for (const sample of samples) {
      const before = ingress.log.stored.length;
      const sending = send(sample);
      const response = await sending;
      expect([sample.name, response.status]).toEqual([sample.name, statuses[id]]);
      expect(ingress.log.stored.length - before).toBe(1);
      const record = ingress.raw().at(-1);
      expect(record).toMatchObject({ source: id, app: 'bot', answer: { status: statuses[id] } });
      expect(record?.body.equals(sample.body)).toBe(true);
    }
  });

  it('normalize from what is stored into the events that they promise', async () => {
    for (const sample of await source.sample(signerFor(id))) {
      await send(sample);
      const record = ingress.raw().at(-1);
      if (record === undefined) throw new Error('nothing is stored');
      const outcome = source.normalize(record);
      expect(outcome.kind === 'events' && outcome.events.map((event) => event.type)).toEqual(sample.eventTypes);
    }
  });

  it('are refused with the constant 401 and not stored when a bit of the credential differs', async () => {
    const [sample] = await source.sample(signerFor(id));
    if (sample === undefined) throw new Error('no sample');
    const credential = sample.headers.authorization ?? '';
    const at = credential.length - 10;
    const other = credential[at] === 'A' ? 'B' : 'A';
    const before = ingress.log.begun();
    const response = await send({
      ...sample,
      headers: { ...sample.headers, authorization: credential.slice(0, at) + other + credential.slice(at + 1) },
    });
    expect([response.status, await response.text()]).toEqual([401, '{"error":"unauthorized"}']);
    expect(ingress.log.begun()).toBe(before);
  });
});

describe('etiquette', () => {
  it('of UCWA: a callback context on the default address, none on an address that has one', async () => {
    const ucwa = sources.find((source) => source.id === 'ucwa');
    const samples = (await ucwa?.sample(signerFor('ucwa'))) ?? [];
    const answers = [];
    for (const sample of samples) {
      const response = await send(sample);
      answers.push({ type: response.headers.get('content-type'), text: await response.text() });
    }
    const issued = answers.find(({ text }) => text !== '');
    expect(issued?.type).toBe('application/json');
    const { CallbackContext: context } = JSON.parse(issued?.text ?? '{}') as { CallbackContext: string };
    expect(context.length).toBeGreaterThan(20);
    const [sample] = samples;
    if (sample === undefined) throw new Error('no sample');
    const again = await send({ ...sample, target: `/ucwa/bot?callbackContext=${context}` });
    expect([again.status, await again.text()]).toEqual([200, '']);
  });

  it('of UCWA: the probe gets 200 on the default and on a custom address', async () => {
    expect((await fetch(`${ingress.url}/ucwa/bot`)).status).toBe(200);
    expect((await fetch(`${ingress.url}/ucwa/bot/some/context`)).status).toBe(200);
  });

  it('of the outgoing webhook: the default within its time, a reply when there is one', async () => {
    const source = sources.find(({ id }) => id === 'outgoing-webhook');
    const [sample] = (await source?.sample(signerFor('outgoing-webhook'))) ?? [];
    if (sample === undefined) throw new Error('no sample');
    expect(await (await send(sample)).json()).toEqual({ type: 'message', text: 'noted' });
    const before = ingress.log.stored.length;
    const sending = send({ ...sample, target: '/outgoing-webhook?id=fabrikam' });
    await until(() => ingress.log.stored.length > before);
    await ingress.reply(ingress.raw().at(-1)?.notificationId ?? '', { type: 'message', text: 'replied' });
    expect(await (await sending).json()).toEqual({ type: 'message', text: 'replied' });
  });

  it('of calling: a token in another header than Authorization is no proof', async () => {
    const [sample] = await sources[0].sample(signerFor('graph-calling'));
    if (sample === undefined) throw new Error('no sample');
    const { authorization = '', ...others } = sample.headers;
    expect((await send({ ...sample, headers: { ...others, authentication: authorization } })).status).toBe(401);
  });
});
