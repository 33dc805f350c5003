import { describe, expect, it } from 'vitest';
import { checkSizes, codeLinesByFolder, type FileSize, type SizeLimits } from './check-sizes.ts';

const limits: SizeLimits = {
  functionLines: 100,
  fileLines: 250,
  testFileLines: 500,
  medianFileLines: 120,
  exceptions: [],
  codeLines: { 'packages/a': 300, 'services/b': 300, scripts: 300 },
};
const small = (path: string): FileSize => ({ path, lines: 50, codeLines: 40, functions: [] });
const project = (...more: readonly FileSize[]): FileSize[] => [
  ...more,
  ...['packages/a/src/x.ts', 'packages/a/src/y.ts', 'services/b/src/x.ts', 'scripts/x.ts', 'test/e2e/x.test.ts'].map(small),
];
const withFunction = (path: string, lines: number): FileSize => ({ ...small(path), functions: [{ name: 'f', line: 7, lines }] });

describe('check of sizes', () => {
  it('accepts files of 250 lines and functions of 100', () => {
    const files = project({ ...withFunction('packages/a/src/z.ts', 100), lines: 250 });
    expect(checkSizes(files, limits)).toEqual({ problems: [], excepted: [] });
  });

  it.each([
    ['packages/a/src/z.ts', 250],
    ['services/b/src/z.ts', 250],
    ['scripts/z.mjs', 250],
    ['packages/a/src/z.test.ts', 500],
    ['packages/a/src/testing/z.ts', 500],
    ['test/support/z.ts', 500],
  ])('refuses %s with one line more than %i', (path, most) => {
    expect(checkSizes(project({ ...small(path), lines: most }), limits).problems).toEqual([]);
    expect(checkSizes(project({ ...small(path), lines: most + 1 }), limits).problems).toEqual([
      `${path} has ${most + 1} lines; at most ${most}`,
    ]);
  });

  it.each(['packages/a/src/z.ts', 'scripts/z.ts', 'test/chaos/z.ts'])('refuses a function of 101 lines in %s', (path) => {
    expect(checkSizes(project(withFunction(path, 101)), limits).problems).toEqual([`${path}:7 f has 101 lines; at most 100`]);
  });

  it('names an exception that is too long, and refuses one that no longer is', () => {
    const exceptions = ['packages/a/src/z.ts f', 'packages/a/src/x.ts'];
    expect(checkSizes(project(withFunction('packages/a/src/z.ts', 101)), { ...limits, exceptions })).toEqual({
      problems: ['packages/a/src/x.ts is not too long: it is no exception any more'],
      excepted: ['packages/a/src/z.ts:7 f has 101 lines; at most 100'],
    });
  });

  it('refuses a folder whose code is one line above its ceiling, has no ceiling, or has a ceiling and no code', () => {
    const files = project({ ...small('packages/a/src/z.ts'), codeLines: 220 });
    expect(checkSizes(files, limits).problems).toEqual([]);
    const codeLines = { 'packages/a': 299, 'packages/gone': 10, scripts: 300 };
    expect(checkSizes(files, { ...limits, codeLines }).problems).toEqual([
      'packages/a has 300 code lines without comments and blanks; its ceiling is 299',
      'services/b has 40 code lines and no ceiling',
      'packages/gone has a ceiling of code lines and no code',
    ]);
  });

  it('counts code lines of a folder without its tests', () => {
    const tests = ['packages/a/src/x.test.ts', 'packages/a/src/testing/rig.ts', 'test/support/x.ts'].map(small);
    expect(codeLinesByFolder(project(...tests))).toEqual({ 'packages/a': 80, scripts: 40, 'services/b': 40 });
  });

  it('refuses a median above 120 lines', () => {
    const files = project().map((file) => ({ ...file, lines: 121 }));
    expect(checkSizes(files, limits).problems).toEqual(['the median source file has 121 lines; at most 120']);
  });
});
