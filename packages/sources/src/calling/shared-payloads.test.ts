import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { graphCalling } from '../graph-calling/index.ts';
import { legacyCalling } from '../legacy-calling/index.ts';
import { entryOf, principal, rawOf, requestOf, routing, throughCodec } from './test-support.ts';

const repository = new URL('../../../../', import.meta.url).pathname;
const payloads = process.env.SHARED_PAYLOADS ?? join(repository, '..', 'shared', 'payloads');
const families = ['graph-calling', 'legacy-calling'] as const;

const files = families.flatMap((family) => {
  const directory = join(payloads, family);
  return existsSync(directory) ? readdirSync(directory).map((file) => ({ family, file, path: join(directory, file) })) : [];
});

/** The sources of the calling route, asked in the order of the registry. */
function outcomeOf(path: string, legacy: 'switch' | 'accept'): string {
  const request = requestOf(readFileSync(path));
  const source = [graphCalling, legacyCalling].find((candidate) => candidate.recognizes(request.body));
  if (source === undefined) return 'refused with 400';
  const classified = source.classify(request, { app: 'contoso-bot', entry: entryOf({ legacy }), principal, routing });
  if (classified.kind !== 'classified') return classified.code;
  const raw = rawOf(source.id, request, classified);
  const outcome = source.normalize(raw);
  if (outcome.kind !== 'events') return outcome.code;
  expect(throughCodec(raw, outcome.events)).toHaveLength(outcome.events.length);
  return outcome.events.map((event) => event.type.replace(/^.*\./, '')).join(' + ');
}

describe.each(['switch', 'accept'] as const)('published calling payloads, legacy: %s', (legacy) => {
  it.skipIf(files.length === 0)('each end as events, as unmapped or under a code', () => {
    const counts = new Map<string, number>();
    for (const { family, path } of files) {
      const outcome = `${family}: ${outcomeOf(path, legacy)}`;
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    }
    console.table(Object.fromEntries([...counts].sort()));
    expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(files.length);
  });

  it.skipIf(files.length === 0)('are refused only where the file is no notification', () => {
    const refused = files.filter(({ path }) => !outcomeOf(path, legacy).endsWith('Event'));
    expect(refused.map(({ file }) => file)).toEqual(files.filter(({ file }) => file.startsWith('response-')).map(({ file }) => file));
  });
});
