import { describe, expect, it } from 'vitest';
import { testSources } from '../testing/test-sources.ts';
import { sourcesReader } from './read-sources.ts';
import { entriesOf } from './sources-config.ts';

const secrets = {
  environment: { KEY: 'key-'.repeat(8), OLD_KEY: 'old-key-'.repeat(5), SHORT: 'hunter2', WORD: 'w' },
  directory: '/etc/switchboard',
  readText: (path: string) => {
    if (path === '/etc/switchboard/secrets/word') return 'from-file\n';
    throw new Error(`ENOENT ${path}`);
  },
};
const read = sourcesReader(testSources, secrets);
const keys = 'routingTokenKeys: [{ env: KEY }]\n';

function problemsOf(text: string): readonly string[] {
  const outcome = read(text);
  return outcome.ok ? [] : outcome.problems;
}

describe('sourcesReader', () => {
  it('gives every source of an entry its own reading of it', () => {
    const outcome = read(`${keys}apps: { a: { test: { word: { file: secrets/word } } }, b: { hook: { word: { env: WORD } } } }`);
    if (!outcome.ok) throw new Error(outcome.problems.join());
    const [newForm, oldForm, hook] = testSources;
    expect([...entriesOf(outcome.config, newForm)]).toEqual([['a', { word: 'from-file', waitMs: 1_000 }]]);
    expect([...entriesOf(outcome.config, oldForm).keys()]).toEqual(['a']);
    expect([...entriesOf(outcome.config, hook).keys()]).toEqual(['b']);
    expect(outcome.config.keySetUrls).toEqual(['https://issuer.example/metadata']);
    expect(outcome.config.regions).toEqual({ self: 'default', table: {} });
  });

  it('signs with the first key and knows the others', () => {
    const before = read('routingTokenKeys: [{ env: OLD_KEY }]\napps: {}');
    const after = read('routingTokenKeys: [{ env: KEY }, { env: OLD_KEY }]\napps: {}');
    if (!before.ok || !after.ok) throw new Error('refused');
    const token = before.config.routingTokens.mint('a', { x: '1' });
    expect(after.config.routingTokens.open('a', token)).toEqual({ x: '1' });
    expect(before.config.routingTokens.open('a', after.config.routingTokens.mint('a', { x: '1' }))).toBeUndefined();
  });

  it('names every problem at once', () => {
    expect(
      problemsOf(`
routingTokenKeys: [{ env: SHORT }, { file: gone }, plain-text, { env: KEY, file: x }]
regions: { self: EMEA, table: { amer: 'http://amer.example', 'x y': 'https://x' }, more: 1 }
extra: 1
apps:
  'bad name': {}
  a: { test: { word: { env: NONE }, more: 1 }, unknown: {} }
  b: 7
`),
    ).toEqual([
      'extra is not a member here; members are routingTokenKeys, regions, apps',
      'routingTokenKeys[0] must have at least 32 characters',
      'routingTokenKeys[1] names the file gone, which cannot be read',
      'routingTokenKeys[2] must be {env: NAME} or {file: PATH}',
      'routingTokenKeys[3] must be {env: NAME} or {file: PATH}',
      'regions.more is not a member here; members are self, table',
      'regions.self must be a name of lower-case letters, digits and hyphens (got "EMEA")',
      'regions.table["x y"] must be a name of lower-case letters, digits and hyphens',
      'regions.table.amer must be an https URL (got "http://amer.example/")',
      'apps["bad name"] must be a name of at most 128 letters, digits, dots, underscores and hyphens',
      'apps.a.unknown is not a source; an app has test, hook, limits',
      'apps.a.test.more is not a member here; members are word, waitMs',
      'apps.a.test.word names the environment variable NONE, which is not set',
      'apps.b must be an object of source to entry (got 7)',
    ]);
  });

  it('never shows a secret, also one written into the file by mistake', () => {
    const shown = JSON.stringify(problemsOf('routingTokenKeys: [hunter2, { env: SHORT }]\napps: { a: { test: { word: swordfish } } }'));
    expect(shown).not.toMatch(/hunter2|swordfish/);
  });

  it('refuses what is no YAML, a repeated member and an alias bomb', () => {
    expect(problemsOf('apps: [')[0]).toMatch(/^line 1, column \d+: /);
    expect(problemsOf(`${keys}apps: {}\napps: {}`)[0]).toContain('DUPLICATE_KEY');
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      'b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]',
      'c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]',
      'd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]',
    ];
    expect(problemsOf(bomb.join('\n'))).toEqual(['aliases must expand to at most 100 values (got more)']);
  });

  it('takes loopback addresses of regions over http, and drops a trailing slash', () => {
    const outcome = read(
      `${keys}regions: { self: emea, table: { emea: 'http://127.0.0.1:18080/', amer: 'https://amer.example/x/' } }\napps: {}`,
    );
    expect(outcome.ok && { ...outcome.config.regions.table }).toEqual({ emea: 'http://127.0.0.1:18080', amer: 'https://amer.example/x' });
  });

  it('describes 20 of 1,000 problems, and counts them', () => {
    const apps = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`app-${index}`, 7]));
    const outcome = read(`${keys}apps: ${JSON.stringify(apps)}`);
    expect(outcome.ok ? [] : [outcome.problems.length, outcome.problemCount]).toEqual([20, 1_000]);
  });

  it('reads a secret once: what was validated is what is in use', () => {
    const texts = ['first', 'second'];
    const readText = () => texts.shift() ?? 'third';
    const outcome = sourcesReader(testSources, { ...secrets, readText })(`${keys}apps: { a: { hook: { word: { file: word } } } }`);
    expect(outcome.ok && [...(outcome.config.entries.get('test-hook')?.values() ?? [])]).toEqual([{ word: 'first', waitMs: 1_000 }]);
  });

  it('reads the limits of an app, each of them optional', () => {
    const outcome = read(`${keys}apps: { a: { limits: {} }, b: { limits: { requests_per_second: 50, bytes_in_flight: 2000000 } }, c: {} }`);
    expect(outcome.ok && [...outcome.config.limits]).toEqual([
      ['a', { requestsPerSecond: undefined, bytesInFlight: undefined }],
      ['b', { requestsPerSecond: 50, bytesInFlight: 2_000_000 }],
    ]);
  });

  it.each<[unknown, string]>([
    [7, 'apps.a.limits must be an object (got 7)'],
    [{ requests: 1 }, 'apps.a.limits.requests is not a member here; members are requests_per_second, bytes_in_flight'],
    [{ requests_per_second: 0 }, 'apps.a.limits.requests_per_second must be an integer of at least 1 (got 0)'],
    [{ requests_per_second: '5' }, 'apps.a.limits.requests_per_second must be an integer of at least 1 (got "5")'],
    [{ bytes_in_flight: 1_000 }, 'apps.a.limits.bytes_in_flight must be an integer of at least 1048576 (got 1000)'],
  ])('refuses the limits %j with the member, the rule and the value', (limits, problem) => {
    expect(problemsOf(JSON.stringify({ routingTokenKeys: [{ env: 'KEY' }], apps: { a: { limits } } }))).toEqual([problem]);
  });
});
