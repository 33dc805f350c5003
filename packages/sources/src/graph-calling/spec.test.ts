import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '@switchboard/source-kit';
import { authenticateAndVerify, createTestIssuer } from '@switchboard/source-kit/testing';
import { describe, expect, it } from 'vitest';
import { entryOf, principal, rawOf, requestOf, routing } from '../calling/test-support.ts';
import { graphCalling } from './index.ts';

const repository = new URL('../../../../', import.meta.url).pathname;
const specifications = join(process.env.SHARED_PAYLOADS ?? join(repository, '..', 'shared', 'payloads'), '..', 'spec');
const now = 1_766_400_000_000;

const documents = [
  { file: '000_8ceebbcbe8e2c13e.txt', entityType: '' },
  { file: '001_dda41274090b38bd.txt', entityType: '#microsoft.graph.call' },
].map((document) => ({ ...document, path: join(specifications, document.file) }));

/** The published notification lacks the braces of the body and of the element. */
function notificationIn(path: string): JsonObject {
  const fragment = /"value": \[([\s\S]*?"state": "Established")/.exec(readFileSync(path, 'utf8'))?.[1];
  return JSON.parse(`{"value":[{${fragment}}}]}`);
}

/** The published claims, some of them without braces too. */
function claimsIn(path: string): JsonObject {
  return JSON.parse(`{${/"aud":[\s\S]*?"tid": "[^"]*"/.exec(readFileSync(path, 'utf8'))?.[0]}}`);
}

describe.each(documents)('the calling specification beside the shared payloads, $file,', ({ path, entityType }) => {
  it.skipIf(!existsSync(path))('has a notification that becomes an established call', () => {
    const body = notificationIn(path);
    const request = requestOf(body);
    const classified = graphCalling.classify(request, { app: 'contoso-bot', entry: entryOf(), principal, routing });
    if (classified.kind !== 'classified') throw new Error(classified.code);

    expect(body).toMatchObject({ value: [{ resourceData: { '@odata.type': entityType } }] });
    expect(classified).toMatchObject({ answer: { status: 202 }, routingKey: '8A934F51F25B4EE19613D4049491857B' });
    expect(graphCalling.normalize(rawOf('graph-calling', request, classified))).toMatchObject({
      events: [
        {
          type: 'calling.CallNotification.CallStateEvent',
          record: { callId: classified.routingKey, state: 'established', rawState: 'Established', changeType: 'updated' },
        },
      ],
    });
  });

  it.skipIf(!existsSync(path))('has token claims that authenticate the sender once they name the issuer and are signed again', async () => {
    const claims = claimsIn(path);
    const times = { iat: now / 1000, nbf: now / 1000, exp: now / 1000 + Number(claims.exp) - Number(claims.iat) };
    const issuer = await createTestIssuer();
    const keySets = issuer.keySets({ now: () => now });
    const entry = entryOf({ audience: claims.aud, tenants: [claims.tid], metadataUrl: issuer.metadataUrl });
    const verify = (iss: string) => {
      const token = issuer.token({ ...claims, ...times, iss }, { now });
      return authenticateAndVerify(graphCalling, requestOf({}, { headers: { authorization: `Bearer ${token}` } }), {
        app: 'contoso-bot',
        entry,
        keySets,
        now,
      });
    };

    expect(await verify('https://api.botframework.com')).toMatchObject({ kind: 'verified', principal: { tenantId: claims.tid } });
    expect(await verify('')).toMatchObject({ kind: 'refused', code: 'ERR_VERIFY_TOKEN_ISSUER' });
    await keySets.stop();
  });
});
