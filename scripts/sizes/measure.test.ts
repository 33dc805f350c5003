import { describe, expect, it } from 'vitest';
import { measureSource } from './measure.ts';

const body = (lines: number): string => Array.from({ length: lines }, (_, index) => `  use(${index});\n`).join('');

describe('code lines', () => {
  it('are 3 of 9 where the others are comments and blanks', () => {
    const text = '// a comment\n\n/**\n * more\n */\nconst a = 1; // behind code\n\n/* before */ const b = 2;\nexport { a, b };\n';
    expect(measureSource(text)).toMatchObject({ lines: 9, codeLines: 3 });
  });

  it('include lines that hold brackets alone, whatever they close', () => {
    const lines = [
      'import {',
      '  a,',
      "} from './a.ts';",
      'export function f(',
      '  b: {',
      '    c: string;',
      '  },',
      '): void {',
      '  a(',
      '    [',
      '      b,',
      '    ],',
      '  );',
      '}',
    ];
    expect(measureSource(`${lines.join('\n')}\n`).codeLines).toBe(lines.length);
  });

  it('include all lines of a text, also those that look like a comment or are blank', () => {
    expect(
      measureSource(['const text = `', '// not a comment', '', '$', '{1}', '`;', 'export { text };', ''].join('\n').replace('$\n', '$'))
        .codeLines,
    ).toBe(6);
  });

  it('are counted in bytes that are no ASCII too', () => {
    expect(measureSource('// “…” ’\nconst a = "“…”";\n// “…”\nexport const b = a;\n')).toMatchObject({ lines: 4, codeLines: 2 });
  });

  it('are the same for a file that is parsed after others', () => {
    const text = 'const a = 1;\n// a comment\nexport const f = () => {\n  return a;\n};\n';
    const first = measureSource(text);
    measureSource('export const other = "a file between the two";\n');
    expect(measureSource(text)).toEqual(first);
  });
});

describe('functions', () => {
  it.each([
    ['a declaration', 'f', (inner: string) => `export async function f(): void {\n${inner}}\n`],
    ['an arrow function', 'f', (inner: string) => `export const f = () => {\n${inner}};\n`],
    ['a method', 'm', (inner: string) => `export class C {\n  m() {\n${inner}  }\n}\n`],
    ['a private method', 'p', (inner: string) => `export class C {\n  #p() {\n${inner}  }\n}\n`],
    ['a constructor', 'constructor', (inner: string) => `export class C {\n  constructor() {\n${inner}  }\n}\n`],
    ['a member of an object', 'm', (inner: string) => `export const o = {\n  m() {\n${inner}  },\n};\n`],
    ['a callback', 'a callback of onEach', (inner: string) => `onEach(1, () => {\n${inner}});\n`],
  ])('have the lines from the first to the last: %s', (_, name, write) => {
    const found = measureSource(write(body(8))).functions;
    expect(found).toEqual([expect.objectContaining({ name, lines: 10 })]);
  });

  it('count their comments and blanks, and the functions inside them', () => {
    const text = 'function outer() {\n  // why\n\n  function inner() {\n    use();\n  }\n  inner();\n}\n';
    expect(measureSource(text).functions).toEqual([
      { name: 'inner', line: 4, lines: 3 },
      { name: 'outer', line: 1, lines: 8 },
    ]);
  });

  it('leave out the tests and the lists of tests inside them, and count each test', () => {
    const text = `export function contract() {\n  describeWithBroker.skipIf(absent)('it', () => {\n    it('works', async () => {\n${body(20)}    });\n  });\n}\n`;
    const found = measureSource(text).functions;
    expect(found.map(({ name, lines }) => [name, lines])).toEqual([
      ['a callback of it', 22],
      ['contract', 2],
    ]);
    const byReference = `function demo() {\n  prepare();\n  it.each([1])('works', () => {\n${body(20)}  });\n}\ndescribe('it', demo);\n`;
    expect(measureSource(byReference).functions.map(({ name, lines }) => [name, lines])).toEqual([
      ['a callback of it', 22],
      ['demo', 3],
    ]);
  });
});
