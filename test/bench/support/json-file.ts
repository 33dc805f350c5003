import { readFile, writeFile } from 'node:fs/promises';
import type { BenchResult, Row } from './bench.ts';

/** The rows of a section as `--json` writes them: flat, each with the name of its section, and whether its rounds were short. */
export function rowsOf(section: string, quick: boolean, { rows, tables }: Pick<BenchResult, 'rows' | 'tables'>): readonly Row[] {
  const own =
    rows ??
    tables.flatMap(({ columns, rows }) =>
      rows.map((cells) => Object.fromEntries(columns.map((name, index) => [name, cells[index] ?? '']))),
    );
  return own.map((row) => ({ section, quick, ...row }));
}

/** Writes a JSON list of rows, one a line. Figures that are not numbers, such as the percentile of no values, are null. */
export async function writeRows(file: string, rows: readonly Row[]): Promise<void> {
  await writeFile(file, `[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`);
}

/** Reads what `writeRows` wrote. Throws a RangeError where the file is absent or no list of rows. */
export async function readRows(file: string): Promise<readonly Row[]> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new RangeError(`--compare: ${file} cannot be read`);
  });
  try {
    const rows: unknown = JSON.parse(text);
    if (Array.isArray(rows) && rows.every((row) => typeof row === 'object' && row !== null)) return rows as Row[];
  } catch {
    // The same to the caller as JSON that is no list.
  }
  throw new RangeError(`--compare: ${file} must be a file that --json wrote: a JSON list of rows`);
}
