import type { AuthenticateContext, InboundRequest } from '@switchboard/source-kit';
import { authenticateAndVerify, createTestIssuer } from '@switchboard/source-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requestOf, routing } from '../testing/request.ts';
import type { UcwaEntry } from './entry.ts';
import { ucwa } from './index.ts';
import { documentOf, eventOn, inConversation } from './testing/document.ts';

// The claims of the published example, with its lifetime of 3,900 seconds, moved to now.
const tenant = '1fdd12d0-4620-44ed-baec-459b611f84b2';
const claims = {
  aud: 'https://litware.com',
  iss: `https://sts.windows.net/${tenant}/`,
  appid: '00000004-0000-0ff1-ce00-000000000000',
  appidacr: '2',
  idp: `https://sts.windows.net/${tenant}/`,
  oid: '2d452913-80c9-4b56-8419-43a7da179822',
  sub: '2d452913-80c9-4b56-8419-43a7da179822',
  tid: tenant,
  ver: '1.0',
};

describe('the published exchange of a UCWA webhook', () => {
  let issuer: Awaited<ReturnType<typeof createTestIssuer>>;
  let context: AuthenticateContext<UcwaEntry>;

  beforeAll(async () => {
    issuer = await createTestIssuer();
    const entry = { audience: 'https://litware.com', tenants: [tenant], metadataUrl: issuer.metadataUrl };
    context = { app: 'contoso', entry, keySets: issuer.keySets(), now: Date.now() };
  });
  afterAll(() => context.keySets.stop());

  const published = (overrides: Partial<InboundRequest>): InboundRequest =>
    requestOf(documentOf(eventOn('ms:rtc:saas:messaging', 'updated', inConversation('messaging'))), {
      headers: {
        'x-ms-correlation-id': '3953004368',
        'client-request-id': 'e9168689-37ac-472e-b02a-c9977c8023a0',
        authorization: `Bearer ${issuer.token(claims, { header: { x5t: issuer.kid } })}`,
        expect: '100-continue',
        host: 'callback.litware.com',
        'content-type': 'application/json; type="application/vnd.microsoft.com.ucwa+json"; charset=utf-8',
      },
      ...overrides,
    });

  const answerTo = async (request: InboundRequest) => {
    const verified = await authenticateAndVerify(ucwa, request, context);
    if (verified.kind !== 'verified') throw new Error(verified.code);
    const classified = ucwa.classify(request, { app: 'contoso', entry: context.entry, principal: verified.principal, routing });
    if (classified.kind !== 'classified') throw new Error(classified.code);
    return classified.answer;
  };

  it('verifies with the headers of the example, on a custom URL with its context in the path', async () => {
    const answer = await answerTo(published({ pathParameters: { app: 'contoso', '*': 'customContext=xxx' } }));
    expect(answer).toEqual({ status: 200, headers: {}, body: '' });
  });

  it('hands out a context on the default URL, and none when it comes back as a query', async () => {
    const first = await answerTo(published({}));
    expect(first.headers).toEqual({ 'content-type': 'application/json' });
    const { CallbackContext: issued } = JSON.parse(first.body) as { CallbackContext: string };
    expect(issued).toMatch(/^[\w.-]+$/);
    expect(await answerTo(published({ query: `callbackContext=${issued}` }))).toEqual({ status: 200, headers: {}, body: '' });
  });

  it('takes the context "0" of the example, which is not ours, as it comes', async () => {
    expect(await answerTo(published({ query: 'callbackContext=0' }))).toEqual({ status: 200, headers: {}, body: '' });
  });
});
