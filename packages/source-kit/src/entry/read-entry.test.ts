import { describe, expect, expectTypeOf, it } from 'vitest';
import { listOf, mapOf, objectOf } from './compound-members.ts';
import { optional, type ValueOf, withDefault } from './member-reader.ts';
import { readEntryWith } from './read-entry.ts';
import { reply } from './reply-member.ts';
import { converted, flag, httpsUrl, integer, oneOf, secret, text } from './scalar-members.ts';

const context = {
  app: 'contoso',
  secret: (reference: unknown) =>
    JSON.stringify(reference) === '{"env":"KEY"}'
      ? ({ ok: true, value: 'top-secret' } as const)
      : ({ ok: false, problem: 'the variable is not set' } as const),
};

const entry = objectOf({
  audience: text({ maxLength: 20 }),
  tenants: withDefault(listOf(text()), []),
  metadataUrl: withDefault(httpsUrl(), 'https://issuer.example/metadata'),
  legacy: withDefault(oneOf(['switch', 'accept']), 'switch'),
  status: withDefault(oneOf([302, 307]), 302),
  regions: withDefault(objectOf({ byTenant: withDefault(mapOf(text()), {}) }), { byTenant: {} }),
  keys: withDefault(listOf(secret(), { min: 1 }), []),
  lengths: withDefault(
    listOf(converted(secret(), (value) => (value.length > 3 ? { ok: true, value: value.length } : { ok: false, rule: 'is too short' }))),
    [],
  ),
  enabled: optional(flag()),
  waitMs: withDefault(integer({ min: 0, max: 4500 }), 4500),
  default: optional(reply()),
});

const read = (value: unknown) => readEntryWith(entry, value, context);
const problemsOf = (value: unknown) => {
  const outcome = read(value);
  return outcome.ok ? [] : outcome.problems;
};

describe('an entry', () => {
  it('is read with its defaults', () => {
    expect(read({ audience: 'app-1' })).toEqual({
      ok: true,
      entry: {
        audience: 'app-1',
        tenants: [],
        metadataUrl: 'https://issuer.example/metadata',
        legacy: 'switch',
        status: 302,
        regions: { byTenant: {} },
        keys: [],
        lengths: [],
        enabled: undefined,
        waitMs: 4500,
        default: undefined,
      },
    });
  });

  it('is read with all its members, secrets resolved and converted', () => {
    const value = {
      audience: 'app-1',
      tenants: ['t1'],
      metadataUrl: 'https://127.0.0.1:8443/m',
      legacy: 'accept',
      status: 307,
      regions: { byTenant: { t1: 'emea' } },
      keys: [{ env: 'KEY' }],
      lengths: [{ env: 'KEY' }],
      enabled: false,
      waitMs: 0,
      default: { type: 'message', text: 'ok' },
    };
    expect(read(value)).toEqual({ ok: true, entry: { ...value, keys: ['top-secret'], lengths: [10] } });
  });

  it('has the types of its readers', () => {
    expectTypeOf<ValueOf<typeof entry>['legacy']>().toEqualTypeOf<'switch' | 'accept'>();
    expectTypeOf<ValueOf<typeof entry>['enabled']>().toEqualTypeOf<boolean | undefined>();
    expectTypeOf<ValueOf<typeof entry>['lengths']>().toEqualTypeOf<readonly number[]>();
  });

  it('takes null for absent', () => {
    expect(problemsOf({ audience: null, tenants: null })).toEqual(['audience is required']);
  });

  it.each([[undefined], [null]])('that is %s is reported', (value) => {
    expect(problemsOf(value)).toEqual(['the entry is required']);
  });

  it.each([
    [[], 'a list'],
    ['text', '"text"'],
    [1, '1'],
    [true, 'true'],
  ])('that is %j is reported', (value, shown) => {
    expect(problemsOf(value)).toEqual([`the entry must be an object, not ${shown}`]);
  });

  it('has all its problems reported at once, each with member, rule and value', () => {
    expect(
      problemsOf({
        audience: 'x'.repeat(21),
        tenants: ['', 7],
        metadataUrl: 'http://issuer.example/',
        legacy: 'Switch',
        status: '302',
        regions: { byTenant: { 'a b': 1 }, byPlanet: {} },
        keys: [],
        enabled: 'yes',
        waitMs: 4501,
        unheardOf: 1,
      }),
    ).toEqual([
      'unheardOf is not a member here; known are audience, tenants, metadataUrl, legacy, status, regions, keys, lengths, enabled, waitMs, default',
      'audience must be text of 1 to 20 characters, not "xxxxxxxxxxxxxxxxxxxxx"',
      'tenants[0] must be text of 1 to 1024 characters, not ""',
      'tenants[1] must be text of 1 to 1024 characters, not 7',
      'metadataUrl must be an https URL, not "http://issuer.example/"',
      'legacy must be one of switch, accept, not "Switch"',
      'status must be one of 302, 307, not "302"',
      'regions.byPlanet is not a member here; known are byTenant',
      'regions.byTenant."a b" must be text of 1 to 1024 characters, not 1',
      'keys must be a list of 1 to 1000 items, not a list',
      'enabled must be true or false, not "yes"',
      'waitMs must be a whole number from 0 to 4500, not 4501',
    ]);
  });

  it('shows no secret at any depth', () => {
    const problems = problemsOf({
      audience: 'app-1',
      metadataUrl: 'https://user:top-secret@issuer.example/',
      keys: ['top-secret', { env: 'OTHER', value: 'top-secret' }],
      lengths: [{ env: 'OTHER' }],
    });
    expect(problems).toEqual([
      'metadataUrl must be an https URL without user information',
      'keys[0] must be { env: NAME } or { file: PATH }: the variable is not set',
      'keys[1] must be { env: NAME } or { file: PATH }: the variable is not set',
      'lengths[0] must be { env: NAME } or { file: PATH }: the variable is not set',
    ]);
  });

  it('has a converted member reported by its rule alone', () => {
    const short = { ...context, secret: () => ({ ok: true, value: 'abc' }) as const };
    const outcome = readEntryWith(entry, { audience: 'a', lengths: [{ env: 'KEY' }] }, short);
    expect(outcome).toEqual({ ok: false, problems: ['lengths[0] is too short'] });
  });

  it('has a default reply that could not be sent reported', () => {
    expect(problemsOf({ audience: 'a', default: { type: 'typing' } })).toEqual([
      'default must be a reply that can be sent. The reply is not a message activity.',
    ]);
  });

  it('cannot be given inherited members', () => {
    expect(problemsOf(Object.create({ audience: 'app-1' }))).toEqual(['audience is required']);
    expect(problemsOf(JSON.parse('{"audience":"a","__proto__":{"legacy":"accept"}}'))).toEqual([
      expect.stringMatching(/^__proto__ is not a member/),
    ]);
  });
});
