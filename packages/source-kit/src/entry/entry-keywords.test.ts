import { strictObject, Type } from '@switchboard/validation';
import { describe, expect, it } from 'vitest';
import { readEntry } from '../testing/read-entry.ts';
import { replySchema, secretReference } from './schemas.ts';
import { secretText } from './secret-text.ts';

const secrets: Readonly<Record<string, string>> = {
  KEY: Buffer.alloc(32, 7).toString('base64'),
  SHORT: 'top-secret',
  ZEROS: '0'.repeat(40),
};
const context = {
  app: 'contoso',
  secret(reference: unknown) {
    const value = secrets[(reference as { readonly env?: string } | null)?.env ?? ''];
    return value === undefined ? ({ ok: false, problem: 'must be {env: NAME} or {file: PATH}' } as const) : ({ ok: true, value } as const);
  },
};

const source = {
  configSchema: strictObject({
    keys: Type.Array(secretReference('hmac-key')),
    word: Type.Optional(secretReference()),
    signing: Type.Optional(secretReference('routing-token-key')),
    default: Type.Optional(replySchema()),
  }),
  toEntry: (config: unknown) => config,
};

function problemsOf(members: object): readonly string[] {
  const outcome = readEntry(source, { keys: [{ env: 'KEY' }], ...members }, context);
  return outcome.ok ? [] : outcome.problems;
}

describe('a reference to a secret', () => {
  it('is admitted if it resolves to a secret of its form', () => {
    expect(problemsOf({ word: { env: 'SHORT' }, signing: { env: 'KEY' }, default: { type: 'message', text: 'ok' } })).toEqual([]);
  });

  it.each<[object, string]>([
    [{ keys: ['top-secret'] }, 'keys[0] must be {env: NAME} or {file: PATH}'],
    [{ keys: [{ env: 'KEY' }, { 'top-secret': 1 }] }, 'keys[1] must be {env: NAME} or {file: PATH}'],
    [{ keys: [null] }, 'keys[0] must be {env: NAME} or {file: PATH}'],
    [{ keys: [{ env: 'SHORT' }] }, 'keys[0] must be base64 of 32 bytes, 44 characters (got 10)'],
    [{ signing: { env: 'SHORT' } }, 'signing must have at least 32 characters'],
    [{ signing: { env: 'ZEROS' } }, 'signing must not be one character repeated'],
    [{ keys: undefined }, 'keys is mandatory: an array'],
  ])('of %j is refused without the secret', (members, problem) => {
    expect(problemsOf(members)).toEqual([problem]);
    expect(problem).not.toContain('top-secret');
  });

  it('that does not resolve throws where its text is needed', () => {
    expect(() => secretText({ env: 'NONE' }, context)).toThrow(TypeError);
    expect(secretText({ env: 'SHORT' }, context)).toBe('top-secret');
  });
});

it('a reply that could not be sent is refused with the reason', () => {
  expect(problemsOf({ default: { type: 'typing' } })).toEqual([
    'default must be a reply that can be sent. The reply is not a message activity.',
  ]);
  expect(problemsOf({ default: 'hello' })).toEqual(['default must be a reply (got "hello")']);
});
