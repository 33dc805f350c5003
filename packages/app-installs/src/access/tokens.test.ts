import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readTokens } from './tokens.ts';

const hash = (token: string) => createHash('sha256').update(token).digest('hex');
const file = (token: object) => JSON.stringify({ tokens: [{ name: 'a', role: 'reader', sha256: hash('x'), ...token }] });

describe('readTokens', () => {
  it.each<[string, string, string]>([
    ['text that is not JSON', 'tokens', 'the file must be JSON'],
    ['no tokens', '{}', 'tokens is mandatory: an array'],
    ['a token in the clear', file({ sha256: 'secret' }), 'tokens[0].sha256 must be the SHA-256 of the token in hexadecimal'],
    ['the hash of the empty text', file({ sha256: hash('') }), 'tokens[0].sha256 must not be the SHA-256 of the empty text'],
    [
      'the hash of the empty text in capitals',
      file({ sha256: hash('').toUpperCase() }),
      'tokens[0].sha256 must not be the SHA-256 of the empty text',
    ],
    ['a hash of zeros', file({ sha256: '0'.repeat(64) }), 'tokens[0].sha256 must not be all zeros'],
    ['an unknown role', file({ role: 'root' }), 'tokens[0].role'],
    ['an unknown member', file({ token: 'x' }), 'tokens[0].token'],
    ['an operator that is confined to tenants', file({ role: 'operator', tenants: ['t'] }), 'tokens[0].tenants'],
    ['an operator that is confined to installs', file({ role: 'operator', installs: ['a'] }), 'tokens[0].installs'],
    ['no install', file({ installs: [] }), 'tokens[0].installs'],
    ['an id that no install has', file({ installs: ['a/b'] }), 'tokens[0].installs[0] must be an id of an install'],
  ])('refuses a file with %s', (_case, text, problem) => {
    const outcome = readTokens(text);
    expect(outcome.ok ? [] : outcome.problems).toEqual([expect.stringContaining(problem)]);
    expect(JSON.stringify(outcome)).not.toContain('secret"');
  });

  it('reports 20 of 20,000 problems and their number, with names cut to 128 characters', () => {
    const members = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`${'x'.repeat(1_000)}${index}`, 1]));
    const outcome = readTokens(file(members));
    if (outcome.ok) throw new Error('accepted');
    expect([outcome.problemCount, outcome.problems.length]).toEqual([20_000, 20]);
    expect(outcome.problems.join('').length).toBeLessThan(20 * 250);
  });
});
