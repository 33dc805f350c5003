import type { Document, Problem } from './document.ts';

/** Tables by the name in their marker. */
export type Tables = Readonly<Record<string, string>>;

const BLOCK = /<!-- table: ([^>]+?) -->\n([\s\S]*?)<!-- end -->/g;

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll(/(?<!\\)\|/g, '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** The text with every marked table as it has to be. */
export function withTables(text: string, tables: Tables): string {
  return text.replaceAll(BLOCK, (whole, name: string) => {
    const wanted = tables[name];
    return wanted === undefined ? whole : `<!-- table: ${name} -->\n\n${wanted}\n\n<!-- end -->`;
  });
}

/** Tables that differ from what they have to be, are unknown, or stand nowhere. How wide a column is does not count. */
export function staleTables(documents: readonly Document[], tables: Tables): readonly Problem[] {
  const problems: Problem[] = [];
  const placed = new Set<string>();
  for (const { path, text } of documents) {
    for (const { index, 1: name = '', 2: content = '' } of text.matchAll(BLOCK)) {
      const line = text.slice(0, index).split('\n').length;
      const wanted = tables[name];
      placed.add(name);
      if (wanted === undefined) problems.push({ path, line, message: `there is no table "${name}" to generate` });
      else if (cellsOf(content) !== cellsOf(wanted)) {
        problems.push({ path, line, message: `the table "${name}" is stale: run \`npm run generate\` and commit` });
      }
    }
  }
  for (const name of Object.keys(tables)) {
    if (!placed.has(name)) problems.push({ path: 'README.md', line: 1, message: `no document has the table "${name}"` });
  }
  return problems;
}

function cellsOf(content: string): string {
  return content.trim().replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---');
}
