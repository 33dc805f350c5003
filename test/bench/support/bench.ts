import type { ServiceName } from '@switchboard/local-stack';
import type { Table } from './table.ts';

export interface BenchOptions {
  /** Short rounds: shows that the bench works, and roughly what comes out. */
  readonly quick: boolean;
  /** Directory for CPU profiles of the services; none are taken without it. */
  readonly profileDir?: string;
  readonly report: (line: string) => void;
}

export interface BenchResult {
  readonly tables: readonly Table[];
  /** Sentences below the tables. */
  readonly notes: readonly string[];
  /** The service whose profile says why, where a row missed its aim. */
  readonly missed?: ServiceName;
}

export interface Bench {
  readonly name: string;
  readonly title: string;
  /** The service whose profile is taken on demand. */
  readonly profiled: ServiceName;
  run(options: BenchOptions): Promise<BenchResult>;
}
