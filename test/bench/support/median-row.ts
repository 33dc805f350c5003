import type { Row } from './bench.ts';
import { median } from './statistics.ts';

/** The median of each figure of rows of the same measurement; what is not a number is that of the first row. */
export function medianRow(rows: readonly Row[]): Row {
  const [first = {}] = rows;
  return Object.fromEntries(
    Object.entries(first).map(([name, value]) => {
      const values = rows.map((row) => row[name]).filter((each) => typeof each === 'number');
      return [name, typeof value === 'number' ? median(values) : value];
    }),
  );
}
