import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRoutingTokens, routingTokenKeyProblem } from './routing-tokens.ts';

const first = 'first key of at least 32 characters';
const second = 'second key of at least 32 characters';
const tokens = createRoutingTokens([first, second]);

describe('a routing token', () => {
  it('carries its data back, in text that needs no escape in a URL', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), fc.dictionary(fc.string(), fc.string({ unit: 'grapheme' })), (app, data) => {
        const token = tokens.mint(app, data);
        expect(token).toMatch(/^[A-Za-z0-9._-]+$/);
        expect(tokens.open(app, token)).toEqual(JSON.parse(JSON.stringify(data)));
      }),
    );
  });

  it('is at most 512 characters long for 200 characters of data', () => {
    expect(tokens.mint('contoso-bot', { conversation: 'c'.repeat(200) }).length).toBeLessThanOrEqual(512);
  });

  it('is of the app it was minted for alone', () => {
    const token = tokens.mint('contoso', { a: '1' });
    for (const app of ['Contoso', 'contoso ', 'contos', '']) expect(tokens.open(app, token)).toBeUndefined();
  });

  it('is signed with the first key and opened with any', () => {
    const token = tokens.mint('app', { a: '1' });
    expect(createRoutingTokens([first]).open('app', token)).toEqual({ a: '1' });
    expect(createRoutingTokens([second]).open('app', token)).toBeUndefined();
    expect(createRoutingTokens([second, first]).open('app', token)).toEqual({ a: '1' });
  });

  it('is not opened with any one bit changed', () => {
    const token = tokens.mint('app', { a: '1', b: 'é' });
    const bytes = Buffer.from(token);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(tokens.open('app', changed.toString('latin1'))).toBeUndefined();
    }
  });

  it('is not opened when app and data only join to the same text', () => {
    const [version, payload, mac] = tokens.mint('app', { a: '1' }).split('.');
    expect(tokens.open('a', `${version}.pp ${payload}.${mac}`)).toBeUndefined();
  });

  it('is not opened when it is cut, longer, of another version or something else altogether', () => {
    const token = tokens.mint('app', { a: '1' });
    const [, payload, mac] = token.split('.');
    const others = [
      '',
      '.',
      '..',
      '...',
      token.slice(0, -1),
      `${token}A`,
      `${token}=`,
      `${token}.`,
      `r2.${payload}.${mac}`,
      `${payload}.${mac}`,
      '0',
      '{"JobId":"1"}',
      'x'.repeat(100_000),
    ];
    for (const other of others) expect(tokens.open('app', other), other.slice(0, 60)).toBeUndefined();
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => tokens.open('app', text) === undefined));
  });
});

describe('the keys of routing tokens', () => {
  it('must be there and long enough; a problem does not show them', () => {
    expect(() => createRoutingTokens([])).toThrow('routing token keys: at least one is needed');
    expect(() => createRoutingTokens([first, 'short'])).toThrow('routing token keys[1]: must have at least 32 characters');
  });

  it.each(['0'.repeat(32), '\0'.repeat(64), 'k'.repeat(40)])('must not be one character repeated', (weak) => {
    expect(() => createRoutingTokens([weak, first])).toThrow('routing token keys[0]: must not be one character repeated');
    expect(routingTokenKeyProblem(weak)).toBe('must not be one character repeated');
    expect(routingTokenKeyProblem(`${weak}.`)).toBeUndefined();
  });
});
