import { describe, expect, it } from 'vitest';
import { testSources } from '../testing/test-sources.ts';
import { readSources } from './read-sources.ts';
import { entriesOf } from './sources-config.ts';

const secrets = {
  environment: { KEY: 'key-'.repeat(8), OLD_KEY: 'old-key-'.repeat(5), SHORT: 'hunter2', WORD: 'w' },
  directory: '/etc/switchboard',
  readText: (path: string) => {
    if (path === '/etc/switchboard/secrets/word') return 'from-file\n';
    throw new Error(`ENOENT ${path}`);
  },
};
const read = (text: string) => readSources(text, testSources, secrets);
const keys = 'routingTokenKeys: [{ env: KEY }]\n';

function problemsOf(text: string): readonly string[] {
  const outcome = read(text);
  return outcome.ok ? [] : outcome.problems;
}

describe('readSources', () => {
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
      'extra: is not a known member (routingTokenKeys, regions, apps)',
      'routingTokenKeys[0]: must have at least 32 characters',
      'routingTokenKeys[1]: names the file gone, which cannot be read',
      'routingTokenKeys[2]: must be {env: NAME} or {file: PATH}',
      'routingTokenKeys[3]: must be {env: NAME} or {file: PATH}',
      'regions.more: is not a known member (self, table)',
      'regions.self: must be a name of lower-case letters, digits and hyphens (got "EMEA")',
      'regions.table.amer: must be an https URL without query or user (got "http://amer.example")',
      'regions.table.x y: must be named by lower-case letters, digits and hyphens',
      'apps.bad name: must be named by at most 128 letters, digits, dots, underscores and hyphens',
      'apps.a.unknown: is not a known source (test, hook) and not limits',
      'apps.a.test: word: names the environment variable NONE, which is not set',
      'apps.a.test: more: is not a known member (word, waitMs)',
      'apps.b: must be an object of source to entry (got number)',
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
    expect(problemsOf(bomb.join('\n'))).toEqual(['aliases: must expand to at most 100 values (got more)']);
  });

  it('takes loopback addresses of regions over http, and drops a trailing slash', () => {
    const outcome = read(
      `${keys}regions: { self: emea, table: { emea: 'http://127.0.0.1:18080/', amer: 'https://amer.example/x/' } }\napps: {}`,
    );
    expect(outcome.ok && { ...outcome.config.regions.table }).toEqual({ emea: 'http://127.0.0.1:18080', amer: 'https://amer.example/x' });
  });
});
