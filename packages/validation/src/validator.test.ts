import { describe, expect, expectTypeOf, it } from 'vitest';
import { httpsUrl, type Keyword, mapNamed, mapOf, messageOf, oneOf, optional, strictObject, Type, text } from './index.ts';
import { createValidator } from './validator.ts';

const even: Keyword<number, number> = {
  broken: (divisor, value) => (value % divisor === 0 ? undefined : { rule: `must be a multiple of ${divisor}` }),
};

const schema = strictObject({
  audience: text(20),
  tenants: optional(Type.Array(text(), { maxItems: 3 })),
  metadataUrl: Type.Optional(httpsUrl({ fragment: false })),
  mode: optional(oneOf(['switch', 'accept'])),
  status: Type.Optional(oneOf([302, 307])),
  byTenant: Type.Optional(mapOf(text())),
  table: Type.Optional(mapNamed('^[a-z]+$', 'must be a name of lower-case letters', Type.Integer({ minimum: 0 }))),
  items: Type.Optional(Type.Array(strictObject({ name: text(), key: Type.Optional(text()) }), { uniqueIgnoringCase: 'name' })),
  password: Type.Optional(Type.String({ minLength: 8, secret: true })),
  enabled: Type.Optional(Type.Boolean()),
  waitMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 4500 })),
  rate: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 10 })),
  port: Type.Optional(Type.Integer({ even: 2 })),
  anything: Type.Optional(Type.Unknown({ maxDepth: 2 })),
});

const validator = createValidator(schema, { keywords: { even } });

function messagesOf(value: unknown, path?: string): readonly string[] {
  const checked = validator.check(value, path === undefined ? {} : { path });
  return checked.ok ? [] : checked.problems.map((problem) => messageOf(problem));
}

describe('a value that fits', () => {
  it('is given back as it is, with the type of the schema', () => {
    const value = { audience: 'a', tenants: null, mode: null, byTenant: { x: 'y' } };
    const checked = validator.check(value);
    if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
    expect(checked.value).toBe(value);
    expect(value).toEqual({ audience: 'a', tenants: null, mode: null, byTenant: { x: 'y' } });
    expectTypeOf(checked.value.audience).toEqualTypeOf<string>();
    expectTypeOf(checked.value.mode).toEqualTypeOf<'switch' | 'accept' | null | undefined>();
    expectTypeOf(checked.value.tenants).toEqualTypeOf<string[] | null | undefined>();
  });
});

describe('a problem', () => {
  it.each<[object, string]>([
    [{ audience: undefined }, 'audience is mandatory: a string of 1 to 20 characters'],
    [{ audience: null }, 'audience must be a string of 1 to 20 characters (got null)'],
    [{ audience: '' }, 'audience must be a string of 1 to 20 characters (got "")'],
    [{ tenants: ['a', 7] }, 'tenants[1] must be a string of 1 to 1024 characters (got 7)'],
    [{ tenants: ['a', 'b', 'c', 'd'] }, 'tenants must be an array of at most 3 items (got an array of 4)'],
    [{ tenants: { a: 1 } }, 'tenants must be an array of at most 3 items (got an object)'],
    [{ mode: 'Switch' }, 'mode must be "switch" or "accept" (got "Switch")'],
    [{ status: '302' }, 'status must be 302 or 307 (got "302")'],
    [{ byTenant: { 'a b': 1 } }, 'byTenant["a b"] must be a string of 1 to 1024 characters (got 1)'],
    [{ byTenant: { 'a/b~c': '' } }, 'byTenant["a/b~c"] must be a string of 1 to 1024 characters (got "")'],
    [{ byTenant: { 0: '' } }, 'byTenant["0"] must be a string of 1 to 1024 characters (got "")'],
    [{ table: { EMEA: 1 } }, 'table.EMEA must be a name of lower-case letters'],
    [{ items: [{ name: 'a', kee: 'b' }] }, 'items[0].kee is not a member here; members are name, key'],
    [{ items: [{ name: 'A' }, { name: 'b' }, { name: 'a' }] }, 'items[2].name must not be named a second time'],
    [{ enabled: 'yes' }, 'enabled must be true or false (got "yes")'],
    [{ waitMs: 4501 }, 'waitMs must be an integer from 0 to 4500 (got 4501)'],
    [{ waitMs: 0.5 }, 'waitMs must be an integer from 0 to 4500 (got 0.5)'],
    [{ rate: 0 }, 'rate must be a number above 0 and up to 10 (got 0)'],
    [{ port: 3 }, 'port must be a multiple of 2 (got 3)'],
    [{ anything: [[[]]] }, 'anything must be nested at most 2 levels deep'],
    [{ metadataUrl: 'http://a.example/in' }, 'metadataUrl must be an https URL (got "http://a.example/in")'],
    [{ metadataUrl: 7 }, 'metadataUrl must be an https URL'],
    [{ unheardOf: 1 }, `unheardOf is not a member here; members are ${Object.keys(schema.properties).join(', ')}`],
  ])('of %j names member, rule and value', (members, message) => {
    const value = { audience: 'a', ...members };
    expect(messagesOf(JSON.parse(JSON.stringify(value)))).toEqual([message]);
  });

  it.each<[unknown, string]>([
    [undefined, 'the document must be an object (got undefined)'],
    [null, 'the document must be an object (got null)'],
    [[], 'the document must be an object (got an array of 0)'],
    ['it may be a secret', 'the document must be an object'],
  ])('of the whole value %j names the document', (value, message) => {
    expect(messagesOf(value)).toEqual([message]);
  });

  it('has the path of the value in front', () => {
    expect(messagesOf({ audience: 1 }, 'apps.a')).toEqual(['apps.a.audience must be a string of 1 to 20 characters (got 1)']);
  });

  it.each<[object, string]>([
    [{ password: 'hunter2' }, 'password must be a string of at least 8 characters'],
    [{ password: ['hunter2'] }, 'password must be a string of at least 8 characters'],
    [
      { metadataUrl: 'https://user:hunter2@a.example/' },
      'metadataUrl must be an https URL without a user name and a password (got "https://a.example/")',
    ],
    [
      { metadataUrl: 'https://a.example/in?key=hunter2#x' },
      'metadataUrl must be an https URL without a fragment (got "https://a.example/in")',
    ],
    [{ metadataUrl: 'user:hunter2@a.example/' }, 'metadataUrl must be an https URL'],
    [{ metadataUrl: '/in?key=hunter2' }, 'metadataUrl must be an https URL (got "/in")'],
  ])('of %j shows no secret', (members, message) => {
    expect(messagesOf({ audience: 'a', ...members })).toEqual([message]);
  });

  it('has the code of its kind, or the one beside the schema', () => {
    const coded = createValidator(
      strictObject(
        {
          a: Type.Integer(),
          b: Type.String({ pattern: '^b', codes: { value: 'ERR_B' } }),
          c: Type.Array(Type.String(), { maxItems: 1, codes: { maxItems: 'ERR_MANY' } }),
          d: Type.Null(),
        },
        { codes: { unknown: 'ERR_NAME' } },
      ),
      { codes: { missing: 'ERR_MISSING', unknown: 'ERR_UNKNOWN', type: 'ERR_TYPE', value: 'ERR_VALUE' } },
    );
    const checked = coded.check({ a: 'x', b: 'c', c: ['', ''], e: 1 });
    expect(checked.ok ? [] : checked.problems.map(({ code, member }) => `${code} ${member}`)).toEqual([
      'ERR_MISSING d',
      'ERR_NAME e',
      'ERR_TYPE a',
      'ERR_B b',
      'ERR_MANY c',
    ]);
  });
});

it('counts a member once that breaks two rules, and has its first', () => {
  const both = createValidator(strictObject({ a: Type.String({ minLength: 3, pattern: '^b', rule: 'b and more' }) }));
  expect(both.check({ a: 'x' })).toMatchObject({ ok: false, problemCount: 1, problems: [{ member: 'a', rule: 'must be b and more' }] });
});

it('takes neither __proto__ nor an inherited member for a member', () => {
  expect(messagesOf(Object.create({ audience: 'a' }))).toEqual(['audience is mandatory: a string of 1 to 20 characters']);
  expect(messagesOf(JSON.parse('{"audience":"a","__proto__":{"enabled":1}}'))).toEqual([
    expect.stringMatching(/^__proto__ is not a member here/),
  ]);
});

it('gives keywords the context of the check', () => {
  const known: Keyword<true, string, { readonly names: readonly string[] }> = {
    broken: (_, name, { names }) => (names.includes(name) ? undefined : { rule: 'must be known' }),
  };
  const named = createValidator(strictObject({ inner: strictObject({ name: Type.String({ known: true }) }) }), { keywords: { known } });
  expect(named.check({ inner: { name: 'a' } }, { context: { names: ['a'] } }).ok).toBe(true);
  expect(named.check({ inner: { name: 'a' } }, { context: { names: ['b'] } })).toMatchObject({
    problems: [{ rule: 'must be known', value: '"a"' }],
  });
});

it('describes the first 20 of 20,000 problems, with names cut to 128 characters', () => {
  const members = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`${'x'.repeat(1_000)}${index}`, 1]));
  const checked = validator.check({ audience: 'a', ...members });
  if (checked.ok) throw new Error('accepted');
  expect([checked.problemCount, checked.problems.length]).toEqual([20_000, 20]);
  expect(JSON.stringify(checked.problems).length).toBeLessThan(20 * 400);
});
