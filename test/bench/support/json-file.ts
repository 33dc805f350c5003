import { writeFile } from 'node:fs/promises';
import type { BenchResult, Row } from './bench.ts';

/** The rows of a section as `--json` writes them: flat, each with the name of its section. */
export function rowsOf(section: string, { rows, tables }: Pick<BenchResult, 'rows' | 'tables'>): readonly Row[] {
  const own =
    rows ??
    tables.flatMap(({ columns, rows }) =>
      rows.map((cells) => Object.fromEntries(columns.map((name, index) => [name, cells[index] ?? '']))),
    );
  return own.map((row) => ({ section, ...row }));
}

/** Writes a JSON list of rows, one a line. Figures that are not numbers, such as the percentile of no values, are null. */
export async function writeRows(file: string, rows: readonly Row[]): Promise<void> {
  await writeFile(file, `[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`);
}
