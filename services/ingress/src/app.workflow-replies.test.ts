import type { KeySets } from '@switchboard/source-kit';
import { createTestIssuer, type TestIssuer } from '@switchboard/source-kit/testing';
import { sources } from '@switchboard/sources';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestIngress, type TestIngress, until } from './testing/start-ingress.ts';

const audience = '11111111-2222-4333-8444-555555555555';
const tenantId = '99999999-2222-4333-8444-555555555555';
const hangup = { links: { callback: 'https://bot.example/next' }, actions: [{ operationId: '1', action: 'hangup' }] };
const answer = { links: { callback: 'https://bot.example/next' }, actions: [{ operationId: '1', action: 'answer' }] };
const conversation = { id: 'call-1', participants: [{ identity: '8:ada', originator: true }], callState: 'incoming' };

let issuer: TestIssuer;
let keySets: KeySets;
let ingress: TestIngress;

beforeAll(async () => {
  issuer = await createTestIssuer();
  keySets = issuer.keySets();
  const calling = (waitMs: number) => ({
    'graph-calling': { audience, metadataUrl: issuer.metadataUrl, legacy: 'accept', workflow: { waitMs, default: hangup } },
  });
  ingress = await startTestIngress({
    sources,
    keySets,
    sourcesFile: JSON.stringify({ routingTokenKeys: [{ env: 'ROUTING_KEY' }], apps: { patient: calling(10_000), hasty: calling(50) } }),
  });
});
afterAll(async () => {
  await ingress.stop();
  await keySets.stop();
});

async function post(app: string): Promise<Response> {
  const source = sources.find(({ id }) => id === 'legacy-calling');
  const body = Buffer.from(JSON.stringify(conversation));
  const signed = await source?.sign(
    issuer.signer({ app, audience, tenantId, hmacKey: Buffer.alloc(32, 7).toString('base64'), hmacId: 'none' }),
    body,
  );
  return ingress.post(`/calling/${app}`, body, signed?.headers ?? {});
}

describe('a call of the legacy protocol', () => {
  it('gets the workflow of a subscriber as its response, and not a message', async () => {
    const before = ingress.log.stored.length;
    const posting = post('patient');
    await until(() => ingress.log.stored.length > before);
    const id = ingress.raw().at(-1)?.notificationId ?? '';
    await ingress.reply(id, { type: 'message', text: 'hello' });
    await ingress.reply(id, answer);
    const response = await posting;
    expect([response.status, response.headers.get('content-type'), await response.json()]).toEqual([
      200,
      'application/json; charset=utf-8',
      answer,
    ]);
    expect(await ingress.metric(/replies_total\{outcome="ERR_REPLY_WORKFLOW"/)).toMatch(/ 1$/);
  });

  it('gets the default response where no subscriber replies', async () => {
    expect(await (await post('hasty')).json()).toEqual(hangup);
  });
});
