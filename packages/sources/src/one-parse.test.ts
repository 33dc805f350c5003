import * as crypto from 'node:crypto';
import type { InboundRequest, Source } from '@switchboard/source-kit';
import { createTestIssuer, readEntry } from '@switchboard/source-kit/testing';
import { expect, it, vi } from 'vitest';
import { sources } from './registry.ts';
import { entryContext, requestOf, routing } from './testing/request.ts';

vi.mock('node:crypto', { spy: true });

const tenantId = '1fdd12d0-4620-44ed-baec-000000000001';
const hmacKey = Buffer.alloc(32, 5).toString('base64');

/** Signed samples of a source, with all that the ingress calls for one of them. */
async function rigOf(source: Source) {
  const issuer = await createTestIssuer();
  const keySets = issuer.keySets();
  const { metadataUrl } = issuer;
  const bearer = { audience: 'app', metadataUrl };
  const entries: Readonly<Record<string, unknown>> = {
    ucwa: { ...bearer, tenants: [tenantId] },
    'bot-framework': bearer,
    'graph-calling': bearer,
    'outgoing-webhook': { ids: ['id'], keys: [{ env: 'KEY' }], reply: { default: { type: 'message', text: 'ok' } } },
  };
  const read = readEntry(source, entries[source.entryName], entryContext({ KEY: hmacKey }));
  if (!read.ok) throw new Error(read.problems.join('; '));
  const { entry } = read;
  const samples = await source.sample(issuer.signer({ app: 'contoso', audience: 'app', tenantId, hmacKey, hmacId: 'id' }));
  const receive = async (request: InboundRequest) => {
    const authenticated = await source.authenticate(request, { app: 'contoso', entry, keySets, now: Date.now() });
    vi.mocked(crypto.hash).mockClear();
    const verified = source.verify(request, authenticated.kind === 'authenticated' ? authenticated.principal : null, {
      app: 'contoso',
      entry,
    });
    if (verified.kind !== 'verified') throw new Error(verified.code);
    if (!source.recognizes(request.body)) throw new Error('not recognized');
    return source.classify(request, { app: 'contoso', entry, principal: verified.principal, routing }).kind;
  };
  return { samples, receive, stop: () => keySets.stop() };
}

it.each(sources.map((source) => [source.id, source] as const))(
  'a body of %s is parsed once on its way through verify, recognizes and classify, and no digest is made of one with an id',
  async (_, source: Source) => {
    const { samples, receive, stop } = await rigOf(source);
    for (const { body, headers, target } of samples) {
      const query = target.split('?')[1] ?? '';
      const request = requestOf(body, {
        headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
        query,
      });
      const parse = vi.spyOn(JSON, 'parse');
      expect(await receive(request)).toBe('classified');
      const parsed = parse.mock.calls.filter(([text]) => text === body.toString()).length;
      parse.mockRestore();
      expect([parsed, vi.mocked(crypto.hash).mock.calls.length]).toEqual([1, 0]);
    }
    await stop();
  },
);
