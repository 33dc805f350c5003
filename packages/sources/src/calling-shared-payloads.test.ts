import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { authenticateAndVerify, createTestIssuer, type TestIssuer } from '@switchboard/source-kit/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { audience, entryOf, rawOf, requestOf, routing, tenant, throughCodec } from './calling/test-support.ts';
import { graphCalling } from './graph-calling/index.ts';
import { legacyCalling } from './legacy-calling/index.ts';

const repository = new URL('../../../', import.meta.url).pathname;
const payloads = process.env.SHARED_PAYLOADS ?? join(repository, '..', 'shared', 'payloads');
const families = ['graph-calling', 'legacy-calling'] as const;

const files = families.flatMap((family) => {
  const directory = join(payloads, family);
  return existsSync(directory) ? readdirSync(directory).map((file) => ({ family, file, path: join(directory, file) })) : [];
});

let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await createTestIssuer();
});

/** What becomes of a file as the body of a signed request: verify, the source that recognizes it, classify, normalize. */
async function outcomeOf(path: string, legacy: 'switch' | 'accept'): Promise<string> {
  const token = issuer.token({ aud: audience, iss: 'https://api.botframework.com', tid: tenant });
  const request = requestOf(readFileSync(path), { headers: { authorization: `Bearer ${token}` } });
  const entry = entryOf({ legacy, metadataUrl: issuer.metadataUrl });
  const keySets = issuer.keySets();
  const verified = await authenticateAndVerify(graphCalling, request, { app: 'contoso-bot', entry, keySets, now: Date.now() });
  await keySets.stop();
  if (verified.kind !== 'verified') return verified.code;
  const source = [graphCalling, legacyCalling].find((candidate) => candidate.recognizes(request.body));
  if (source === undefined) return 'refused with 400';
  const classified = source.classify(request, { app: 'contoso-bot', entry, principal: verified.principal, routing });
  if (classified.kind !== 'classified') return classified.code;
  const raw = rawOf(source.id, request, classified);
  const outcome = source.normalize(raw);
  if (outcome.kind !== 'events') return outcome.code;
  expect(throughCodec(raw, outcome.events)).toHaveLength(outcome.events.length);
  return outcome.events.map((event) => event.type.replace(/^.*\./, '')).join(' + ');
}

describe.each(['switch', 'accept'] as const)('calling notifications of the shared payloads, legacy: %s', (legacy) => {
  it.skipIf(files.length === 0)('each end as events, as unmapped or under a code', async () => {
    const counts = new Map<string, number>();
    for (const { family, path } of files) {
      const outcome = `${family}: ${await outcomeOf(path, legacy)}`;
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    }
    console.table(Object.fromEntries([...counts].sort()));
    expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(files.length);
  });

  it.skipIf(files.length === 0)('are refused only where the file is no notification', async () => {
    const outcomes = await Promise.all(files.map(async ({ file, path }) => ({ file, outcome: await outcomeOf(path, legacy) })));
    const refused = outcomes.filter(({ outcome }) => !outcome.endsWith('Event'));
    expect(refused.map(({ file }) => file)).toEqual(files.filter(({ file }) => file.startsWith('response-')).map(({ file }) => file));
  });
});
