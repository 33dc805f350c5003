import assert from 'node:assert/strict';
import type { KeySets } from '../../key-sets.ts';
import type { SampleSigner } from '../../sample-signer.ts';
import type { InboundRequest, SampleRequest, Source } from '../../source.ts';
import { readEntry } from '../read-entry.ts';
import { createTestIssuer, type TestIssuer } from '../test-issuer.ts';
import type { ConformanceOptions, ConformanceSetup } from './options.ts';
import { requestOf } from './sample-requests.ts';

export const app = 'conformance-app';
// Whole seconds, so that the edges of the clock skew can be named exactly.
export const now = Date.UTC(2026, 0, 15, 12, 0, 0);
const tenantId = '1fdd12d0-4620-44ed-baec-459b611f84b2';
const hmacKey = Buffer.alloc(32, 7).toString('base64');

/** A source with one configured app, a local issuer and its signed samples. */
export interface Rig {
  readonly source: Source;
  readonly entry: unknown;
  readonly issuer: TestIssuer;
  readonly keySets: KeySets;
  readonly tenantId: string;
  readonly signer: SampleSigner;
  readonly samples: readonly { readonly sample: SampleRequest; readonly request: InboundRequest }[];
  readonly scheme: 'Bearer' | 'HMAC';
}

export async function setUp(source: Source, options: ConformanceOptions): Promise<Rig> {
  const issuer = await createTestIssuer();
  const audience = options.audience ?? '0efc74f7-41c3-47a4-8775-7259bfef4241';
  const setup: ConformanceSetup = {
    metadataUrl: issuer.metadataUrl,
    audience,
    tenantId,
    hmacId: 'conformance',
    hmacKey: { env: 'HMAC_KEY' },
  };
  const outcome = readEntry(source, options.entry(setup), entryContext);
  assert.ok(outcome.ok, `the entry is refused: ${outcome.ok ? '' : outcome.problems.join('; ')}`);
  let ids = 0;
  const signer = issuer.signer({
    app,
    audience,
    tenantId,
    hmacKey,
    hmacId: setup.hmacId,
    now,
    id: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`,
  });
  const samples = await source.sample(signer);
  assert.ok(samples.length > 0, 'the source has no sample');
  return {
    source,
    entry: outcome.entry,
    issuer,
    // The clock does not move, and many cases ask for an unknown key.
    keySets: issuer.keySets({ now: () => now, cooldownMs: 0 }),
    tenantId,
    signer,
    samples: samples.map((sample) => ({ sample, request: requestOf(source, sample, now) })),
    scheme: source.keySetUrls(outcome.entry).length > 0 ? 'Bearer' : 'HMAC',
  };
}

export const entryContext = {
  app,
  secret(reference: unknown) {
    const name = typeof reference === 'object' && reference !== null && 'env' in reference ? reference.env : undefined;
    return name === 'HMAC_KEY' ? ({ ok: true, value: hmacKey } as const) : ({ ok: false, problem: 'no such secret' } as const);
  },
};
