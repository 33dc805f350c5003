import { sources } from '@switchboard/sources';
import { expect, it } from 'vitest';
import { sourcesReader } from './read-sources.ts';

const key = Buffer.alloc(32, 7).toString('base64');
const secrets = { environment: { ROUTING: 'routing-'.repeat(4), HOOK: key }, directory: '/', readText: () => '' };

const read = sourcesReader(sources, secrets);

function problemsOf(idsOfApps: Readonly<Record<string, readonly string[]>>): readonly string[] {
  const reply = { default: { type: 'message', text: 'later' } };
  const apps = Object.fromEntries(
    Object.entries(idsOfApps).map(([app, ids]) => [app, { 'outgoing-webhook': { ids, keys: [{ env: 'HOOK' }], reply } }]),
  );
  const outcome = read(JSON.stringify({ routingTokenKeys: [{ env: 'ROUTING' }], apps }));
  return outcome.ok ? [] : outcome.problems;
}

it('an id of an outgoing webhook that leads to two apps is refused, and both are named', () => {
  expect(problemsOf({ first: ['contoso', 'one'], second: ['two', 'Contoso'], third: ['three'] })).toEqual([
    'apps.second["outgoing-webhook"]: "contoso" already leads to apps.first; it must lead to one app',
  ]);
});

it('an id that one app names twice leads to that app', () => {
  expect(problemsOf({ first: ['contoso', 'CONTOSO'], second: ['two'] })).toEqual([]);
});
