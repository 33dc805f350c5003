import fc from 'fast-check';
import { expect, it } from 'vitest';
import { httpsUrl, messageOf, optional, strictObject, Type, text } from './index.ts';
import { createValidator } from './validator.ts';

const SECRET = 'hunter2hunter2';

const validator = createValidator(
  strictObject({
    name: text(20),
    url: Type.Optional(httpsUrl({ query: false })),
    password: optional(Type.String({ minLength: 20, secret: true })),
    items: Type.Optional(Type.Array(strictObject({ key: text(), value: Type.String({ pattern: '^[a-z]*$', secret: true }) }))),
    size: Type.Optional(Type.Integer({ minimum: 1 })),
  }),
);

/** JSON near the schema: members of it with values of any kind, and secrets where the schema says so. */
const near = fc.record(
  {
    name: fc.oneof(fc.string(), fc.jsonValue()),
    url: fc.oneof(fc.constantFrom(`https://u:${SECRET}@a.example/`, `http://a.example/?k=${SECRET}`, `u:${SECRET}@a`), fc.jsonValue()),
    password: fc.constantFrom<unknown>(SECRET, [SECRET], { [SECRET]: SECRET }, null),
    items: fc.oneof(
      fc.array(fc.record({ key: fc.string(), value: fc.constantFrom<unknown>(`${SECRET}\n`, [SECRET], 7) }, { requiredKeys: [] })),
      fc.jsonValue(),
    ),
    size: fc.jsonValue(),
    other: fc.constant(SECRET),
  },
  { requiredKeys: [] },
);

it('accepts any JSON value, or gives 1 to 20 problems that each name a member and hold no secret', () => {
  fc.assert(
    fc.property(fc.oneof(near, fc.jsonValue()), (value) => {
      const before = JSON.stringify(value);
      const checked = validator.check(value);
      expect(JSON.stringify(value)).toBe(before);
      if (checked.ok) return;
      expect(checked.problems.length).toBeGreaterThan(0);
      expect(checked.problems.length).toBeLessThanOrEqual(20);
      expect(checked.problemCount).toBeGreaterThanOrEqual(checked.problems.length);
      const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
      for (const problem of checked.problems) {
        expect(problem.member !== '').toBe(isObject);
        expect(messageOf(problem)).not.toContain(SECRET);
      }
      expect(new Set(checked.problems.map(({ member }) => member)).size).toBe(checked.problems.length);
    }),
    { numRuns: 500 },
  );
});
