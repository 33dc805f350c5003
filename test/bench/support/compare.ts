import type { Row } from './bench.ts';
import type { Table } from './table.ts';

type Direction = 'lower' | 'higher';

/** Which figures are judged, by the end of their names: the first that fits counts. Other numbers are not compared. */
const judged: readonly (readonly [RegExp, Direction])[] = [
  [/(?:CpuS|WithStores|PerCpuSecond)$/, 'higher'],
  [/(?:Share|RecordsEach|[pP]erSecond)$/, 'higher'],
  [/(?:Ms|Seconds|MicrosecondsEach|MiB|ShareOfCore|PerNotification|TransactionsPerS)$/, 'lower'],
  [/^(?:missing|refused|repeated|ratio)$/, 'lower'],
];

/** Numbers that say what a row measures, beside texts and truth values. */
const keys: ReadonlySet<string> = new Set([
  'rate',
  'endpoints',
  'notifications',
  'installs',
  'matching',
  'events',
  'retainedEvents',
  'brokers',
  'atOnce',
  'recordsEachWanted',
]);

const WORSE_BY = 0.1;
/** Differences below what can be measured, by the end of the names. */
const negligible: readonly (readonly [RegExp, number])[] = [
  [/CpuSeconds$/, 0.1],
  [/Ms$/, 1],
];

export interface ComparedFigure {
  readonly row: string;
  readonly figure: string;
  readonly before: number;
  readonly now: number;
  /** `now / before`. */
  readonly ratio: number;
  /** More than 10 % worse, and by more than can be measured. */
  readonly isWorse: boolean;
}

export interface Comparison {
  readonly figures: readonly ComparedFigure[];
  /** Rows of this run that the earlier one has not. */
  readonly unmatched: readonly string[];
}

/** Compares the figures of rows that measure the same. */
export function compareRows(before: readonly Row[], now: readonly Row[]): Comparison {
  const earlier = new Map(before.map((row) => [nameOf(row), row]));
  const figures: ComparedFigure[] = [];
  const unmatched: string[] = [];
  for (const row of now) {
    const name = nameOf(row);
    const same = earlier.get(name);
    if (same === undefined) unmatched.push(name);
    else figures.push(...figuresOf(name, same, row));
  }
  return { figures, unmatched };
}

/** What a row measures, in words. */
function nameOf(row: Row): string {
  const own = Object.entries(row).filter(([name, value]) => name !== 'section' && (typeof value !== 'number' || keys.has(name)));
  const words = own.filter(([, value]) => value !== null).map(([name, value]) => (typeof value === 'string' ? value : `${name} ${value}`));
  return [row.section, ...words].join(', ');
}

function figuresOf(row: string, earlier: Row, later: Row): ComparedFigure[] {
  return Object.entries(later).flatMap(([figure, now]) => {
    const before = earlier[figure];
    const direction = judged.find(([pattern]) => pattern.test(figure))?.[1];
    if (direction === undefined || typeof now !== 'number' || typeof before !== 'number') return [];
    const ratio = now === before ? 1 : now / before;
    const least = negligible.find(([pattern]) => pattern.test(figure))?.[1] ?? 0;
    const isBeyond = direction === 'lower' ? now > before * (1 + WORSE_BY) : now < before * (1 - WORSE_BY);
    const isWorse = isBeyond && Math.abs(now - before) >= least;
    return [{ row, figure, before, now, ratio, isWorse }];
  });
}

export function comparisonTable({ figures }: Comparison): Table {
  return {
    columns: ['measurement', 'figure', 'before', 'now', 'ratio', ' '],
    rows: figures.map(({ row, figure, before, now, ratio, isWorse }) => [
      row,
      figure,
      String(before),
      String(now),
      ratio.toFixed(2),
      isWorse ? 'worse' : '',
    ]),
  };
}

/** What is worse, and what could not be compared, one line each. */
export function comparisonNotes({ figures, unmatched }: Comparison): string[] {
  const worse = figures.filter(({ isWorse }) => isWorse);
  return [
    worse.length === 0
      ? `No figure of ${figures.length} is more than 10 % worse.`
      : `${worse.length} of ${figures.length} figures are more than 10 % worse:`,
    ...worse.map(({ row, figure, before, now, ratio }) => `${row}: ${figure} ${before} → ${now} (${ratio.toFixed(2)} ×)`),
    ...unmatched.map((row) => `Not in the earlier file: ${row}`),
  ];
}
