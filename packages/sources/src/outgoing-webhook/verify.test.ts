import { readFileSync } from 'node:fs';
import { type JsonObject, signHmac } from '@switchboard/source-kit';
import { authenticateAndVerify } from '@switchboard/source-kit/testing';
import { describe, expect, it } from 'vitest';
import { requestOf } from '../testing/request.ts';
import { outgoingWebhook } from './index.ts';

const body = readFileSync(new URL('fixtures/message.json', import.meta.url));
const [first, second] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
const entry = {
  ids: ['lunch'],
  keys: [first, second],
  team: undefined,
  tenant: undefined,
  name: undefined,
  reply: { waitMs: 4500, default: {} },
};
// No key set is ever asked for.
const keySets = { find: () => Promise.reject(new Error('asked')), has: () => false, watch: () => {}, stop: () => Promise.resolve() };

const verifyWith = (changed: Partial<typeof entry> | Readonly<Record<string, string>>, signed = body, key = first) => {
  const request = requestOf(signed, { query: 'id=Lunch', headers: { authorization: signHmac(signed, key) } });
  return authenticateAndVerify(outgoingWebhook, request, { app: 'contoso', entry: { ...entry, ...changed }, keySets, now: 0 });
};

describe('the HMAC of an outgoing webhook', () => {
  it('over the bytes of the fixture is the one that another tool computed', async () => {
    // openssl dgst -sha256 -mac HMAC -macopt hexkey:0101…01 -binary fixtures/message.json | base64
    const authorization = 'HMAC es8zonC2zTXPKaf/0rFsyE6WZLTk7/DSrqiw8GGz19w=';
    const request = requestOf(body, { query: 'id=lunch', headers: { authorization } });
    expect((await authenticateAndVerify(outgoingWebhook, request, { app: 'contoso', entry, keySets, now: 0 })).kind).toBe('verified');
  });

  it.each([
    ['first', first, 'key-1'],
    ['second', second, 'key-2'],
  ])('may be of the %s key while one replaces the other', async (_, key, keyId) => {
    expect(await verifyWith({}, body, key)).toEqual({
      kind: 'verified',
      principal: { scheme: 'hmac', issuer: null, subject: 'lunch', tenantId: null, keyId },
    });
  });

  it('of a key that was withdrawn is refused', async () => {
    expect(await verifyWith({ keys: [first] }, body, second)).toEqual({ kind: 'refused', code: 'ERR_VERIFY_HMAC_MISMATCH' });
  });

  it('over what is no activity makes a malformed request', async () => {
    expect(await verifyWith({}, Buffer.from('[1]'))).toEqual({ kind: 'malformed', code: 'ERR_BODY_NOT_OBJECT' });
  });
});

describe('the origin of a message', () => {
  const message = JSON.parse(body.toString()) as { readonly channelData: JsonObject; readonly entities: readonly JsonObject[] };
  const tenant = '0d4f6c1e-0000-4000-8000-00000000000a';

  it.each([
    { team: '19:team@thread.tacv2' },
    { tenant },
    { tenant: tenant.toUpperCase() },
    { name: 'Lunchbot' },
    { team: '19:team@thread.tacv2', tenant, name: 'Lunchbot' },
  ])('fits %j', async (named) => {
    expect((await verifyWith(named)).kind).toBe('verified');
  });

  it.each([{ team: '19:other@thread.tacv2' }, { tenant: 'other' }, { name: 'lunchbot' }, { team: '19:team@thread.tacv2', name: 'Other' }])(
    'does not fit %j',
    async (named) => {
      expect(await verifyWith(named)).toEqual({ kind: 'refused', code: 'ERR_VERIFY_ORIGIN' });
    },
  );

  it('may be named by the older member for the team, which the newer one overrules', async () => {
    const { team: _, ...older } = message.channelData;
    const body = (channelData: JsonObject) => Buffer.from(JSON.stringify({ ...message, channelData }));
    expect((await verifyWith({ team: '19:team@thread.tacv2' }, body(older))).kind).toBe('verified');
    expect((await verifyWith({ team: '19:team@thread.tacv2' }, body({ ...older, team: { id: 'other' } }))).kind).toBe('refused');
  });

  it('of a renamed webhook fits by entity or by tag', async () => {
    const renamed = Buffer.from(JSON.stringify({ ...message, text: '<at>Dinnerbot</at> hello' }));
    expect((await verifyWith({ name: 'Dinnerbot' }, renamed)).kind).toBe('verified');
    expect((await verifyWith({ name: 'Lunchbot' }, renamed)).kind).toBe('verified');
  });

  it.each([{ team: 'any' }, { tenant: 'any' }, { name: 'any' }])('that is not told does not fit %j', async (named) => {
    expect((await verifyWith(named, Buffer.from('{"type":"message","text":"<at></at>"}'))).kind).toBe('refused');
  });
});
