import { describe, expect, it } from 'vitest';
import { staleTables, table, withTables } from './generated-tables.ts';

const birds = table(['bird', 'home'], [['`pigeon`', 'loft | attic']]);
const tables = { birds };
const text = '# Birds\n\n<!-- table: birds -->\n<!-- end -->\n\nBehind it.\n';

describe('generated tables', () => {
  it('are written between their markers, and the text around them stays', () => {
    const written = withTables(text, tables);
    expect(written).toBe(
      '# Birds\n\n<!-- table: birds -->\n\n| bird | home |\n| --- | --- |\n| `pigeon` | loft \\| attic |\n\n<!-- end -->\n\nBehind it.\n',
    );
    expect(withTables(written, tables)).toBe(written);
    expect(staleTables([{ path: 'birds.md', text: written }], tables)).toEqual([]);
  });

  it('are not stale for the width of their columns', () => {
    const wide = withTables(text, tables)
      .replace('| bird | home |', '| bird     | home         |')
      .replace('--- | ---', '-------- | ------------');
    expect(staleTables([{ path: 'birds.md', text: wide }], tables)).toEqual([]);
  });

  it('are stale when a cell differs', () => {
    const stale = withTables(text, tables).replace('loft', 'roof');
    expect(staleTables([{ path: 'birds.md', text: stale }], tables)).toEqual([
      { path: 'birds.md', line: 3, message: 'the table "birds" is stale: run `npm run generate` and commit' },
    ]);
  });

  it('are missed where no document has them, and refused where nothing makes them', () => {
    const fishes = { path: 'fishes.md', text: '<!-- table: fishes -->\n<!-- end -->\n' };
    expect(staleTables([fishes], tables)).toEqual([
      { path: 'fishes.md', line: 1, message: 'there is no table "fishes" to generate' },
      { path: 'README.md', line: 1, message: 'no document has the table "birds"' },
    ]);
    expect(withTables(fishes.text, tables)).toBe(fishes.text);
  });
});
