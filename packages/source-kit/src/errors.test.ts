import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ERRORS } from './errors.ts';

const CODE = /\bERR_(?:BODY|VERIFY|CLASSIFY|NORMALIZE|REPLY)_[A-Z_]+\b/g;
const packages = join(import.meta.dirname, '../..');

/** Codes in the code of the sources and of this package, apart from the table and tests. */
function codesInUse(): ReadonlySet<string> {
  const files = globSync(['source-kit/src/**/*.ts', 'sources/src/**/*.ts'], {
    cwd: packages,
    exclude: (name) => /(^testing$|\.test\.ts$|\.testing\.ts$)/.test(String(name)),
  });
  expect(files.length).toBeGreaterThan(30);
  const texts = files
    .filter((file) => !file.endsWith('source-kit/src/errors.ts'))
    .map((file) => readFileSync(join(packages, file), 'utf8'));
  return new Set(texts.flatMap((text) => text.match(CODE) ?? []));
}

describe('the table of errors', () => {
  it('holds every code that the code returns, and the code returns every code that it holds', () => {
    expect([...codesInUse()].sort()).toEqual(Object.keys(ERRORS).sort());
  });

  it('has a status by area: 400 for bodies, 401 or 503 for authentication, none for what happens after the response', () => {
    const answers = Object.entries(ERRORS).map(([code, { http }]) => [code.split('_')[1], http] as const);
    const byArea = Object.groupBy(answers, ([area]) => area as string);
    expect(Object.fromEntries(Object.entries(byArea).map(([area, pairs]) => [area, [...new Set(pairs?.map(([, http]) => http))]]))).toEqual(
      {
        BODY: [400],
        VERIFY: [401, 503],
        CLASSIFY: [400],
        NORMALIZE: [null],
        REPLY: [null],
      },
    );
  });

  it('gives each its own meaning, as a sentence', () => {
    const meanings = Object.values(ERRORS).map(({ meaning }) => meaning);
    expect(new Set(meanings).size).toBe(meanings.length);
    for (const meaning of meanings) expect(meaning).toMatch(/^[A-Z].*\.$/);
  });
});
