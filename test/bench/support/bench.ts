import type { ServiceName } from '@switchboard/local-stack';
import type { Table } from './table.ts';

export interface BenchOptions {
  /** Short rounds: shows that the bench works, and roughly what comes out. */
  readonly quick: boolean;
  /** Directory for CPU profiles of the services; none are taken without it. */
  readonly profileDir?: string;
  readonly report: (line: string) => void;
  /** Length of each round, for the benches that have modes; their own default without it. */
  readonly seconds?: number;
  /** How often each measurement is made; the rows then have the medians. For the benches that have rounds; their own default without it. */
  readonly rounds?: number;
  /** Which modes to run, for the benches that have some. Default: all. */
  readonly modes?: readonly string[];
}

/** One measurement of a bench as JSON: what it is of, and its figures with their units in their names. */
export type Row = Readonly<Record<string, string | number | boolean | null>>;

export interface BenchResult {
  readonly tables: readonly Table[];
  /** Sentences below the tables. */
  readonly notes: readonly string[];
  /** The figures for `--json`; the cells of the tables as text without it. */
  readonly rows?: readonly Row[];
  /** The service whose profile shows why, where a row missed its aim. */
  readonly missed?: ServiceName;
}

export interface Bench {
  readonly name: string;
  readonly title: string;
  /** The service whose profile is taken on demand. */
  readonly profiled: ServiceName;
  run(options: BenchOptions): Promise<BenchResult>;
}
