import type { JsonObject } from '@switchboard/source-kit';
import { authenticateAndVerify, createTestIssuer } from '@switchboard/source-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requestOf } from '../testing/request.ts';
import { botFramework } from './index.ts';

const serviceUrl = 'https://smba.example.com/emea/';
const activity = { type: 'message', channelId: 'msteams', serviceUrl, conversation: { id: 'c' } };
const claims = { iss: 'https://api.botframework.com', aud: 'bot-1', serviceurl: serviceUrl };

describe('the token of an activity', () => {
  let issuer: Awaited<ReturnType<typeof createTestIssuer>>;
  let keySets: ReturnType<typeof issuer.keySets>;

  beforeAll(async () => {
    issuer = await createTestIssuer();
    keySets = issuer.keySets();
  });
  afterAll(() => keySets.stop());

  const verifyWith = (body: JsonObject | Buffer, changed: Readonly<Record<string, unknown>> = {}, issuers = [claims.iss]) => {
    const entry = { audience: 'bot-1', issuers, metadataUrl: issuer.metadataUrl, reply: { waitMs: 4500, default: {} } };
    const request = requestOf(body, { headers: { authorization: `Bearer ${issuer.token({ ...claims, ...changed })}` } });
    return authenticateAndVerify(botFramework, request, { app: 'contoso', entry, keySets, now: Date.now() });
  };

  it('authenticates the channel service', async () => {
    expect(await verifyWith(activity)).toEqual({
      kind: 'verified',
      principal: { scheme: 'bearer', issuer: claims.iss, subject: null, tenantId: null, keyId: issuer.kid },
    });
  });

  it('may be of another issuer that the entry lists', async () => {
    expect((await verifyWith(activity, { iss: 'https://api.botframework.us' }, ['https://api.botframework.us'])).kind).toBe('verified');
    expect(await verifyWith(activity, { iss: 'https://api.botframework.us' })).toMatchObject({
      kind: 'refused',
      code: 'ERR_VERIFY_TOKEN_ISSUER',
    });
  });

  it.each<[string, JsonObject, Readonly<Record<string, unknown>>]>([
    ['another service URL', activity, { serviceurl: 'https://smba.example.com/amer/' }],
    ['a service URL in other case', activity, { serviceurl: serviceUrl.toUpperCase() }],
    ['no service URL', activity, { serviceurl: undefined }],
    ['its service URL under another name', activity, { serviceurl: undefined, serviceUrl }],
    ['an activity without one', { ...activity, serviceUrl: null }, {}],
    ['none on either side', { ...activity, serviceUrl: '' }, { serviceurl: '' }],
  ])('is refused with %s', async (_, body, changed) => {
    expect(await verifyWith(body, changed)).toEqual({ kind: 'refused', code: 'ERR_VERIFY_TOKEN_SERVICE_URL', keyId: issuer.kid });
  });

  it.each([[{ channelId: 'slack' }], [{ channelId: 'MSTEAMS' }], [{ channelId: '' }], [{ channelId: null }], [{ channelId: 7 }]])(
    'is refused where the key is not endorsed for the channel: %j',
    async (changed) => {
      expect(await verifyWith({ ...activity, ...changed })).toEqual({
        kind: 'refused',
        code: 'ERR_VERIFY_TOKEN_ENDORSEMENT',
        keyId: issuer.kid,
      });
    },
  );

  it('is refused where its key is endorsed for no channel', async () => {
    const silent = await createTestIssuer({ endorsements: [] });
    const entry = { audience: 'bot-1', issuers: [claims.iss], metadataUrl: silent.metadataUrl, reply: { waitMs: 0, default: {} } };
    const silentKeySets = silent.keySets();
    const request = requestOf(activity, { headers: { authorization: `Bearer ${silent.token(claims)}` } });
    expect(
      await authenticateAndVerify(botFramework, request, { app: 'contoso', entry, keySets: silentKeySets, now: Date.now() }),
    ).toMatchObject({
      kind: 'refused',
      code: 'ERR_VERIFY_TOKEN_ENDORSEMENT',
    });
    await silentKeySets.stop();
  });

  it('is judged before the body: what is not an activity is malformed with a valid token and refused without one', async () => {
    expect(await verifyWith(Buffer.from('{'))).toEqual({ kind: 'malformed', code: 'ERR_BODY_SYNTAX' });
    expect(await verifyWith(Buffer.from('{'), { aud: 'another' })).toMatchObject({ kind: 'refused', code: 'ERR_VERIFY_TOKEN_AUDIENCE' });
  });
});
