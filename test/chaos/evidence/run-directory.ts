import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { HandoverFact, InstallFact } from '../checker/facts.ts';

/** Folders of a run's directory, one for each time that its evidence is gathered. */
const gatherings = ['in-motion', 'at-rest'] as const;
export type Gathering = (typeof gatherings)[number];

/** Directories with evidence to check: the one given, if it holds any, and those of its gatherings that do. */
export function evidenceIn(directory: string): readonly string[] {
  return [directory, ...gatherings.map((name) => join(directory, name))].filter((each) => existsSync(runFiles(each).facts));
}

/** Where everything that the checker reads of a run stands. */
export function runFiles(directory: string) {
  return {
    topics: join(directory, 'topics'),
    committed: join(directory, 'topics', 'committed.jsonl'),
    /** The sender's log before the raw topic was read: what was answered by then must stand there. */
    answered: join(directory, 'answered.jsonl'),
    /** The sender's log after it: what stands there must have been sent by then. */
    sent: join(directory, 'sent.jsonl'),
    received: join(directory, 'received.jsonl'),
    facts: join(directory, 'run.json'),
    /** Schemas by id, where releases with different schemas wrote the run. */
    schemas: join(directory, 'schemas.json'),
  } as const;
}

/** What neither topics nor logs can tell. */
export interface RunFacts {
  readonly installs: readonly InstallFact[];
  readonly handovers: readonly HandoverFact[];
  readonly mostInFlight: number;
  readonly atRest: boolean;
}

/** Groups whose committed offsets must reach the ends, and what they read. */
export const groups = {
  'switchboard.normalizer': ['notifications.raw.v1'],
  'switchboard.fan-out': ['events.messaging.v1', 'events.conversation.v1', 'events.calling.v1'],
  'switchboard.delivery': ['deliveries.pending.v1', ...[1, 2, 3, 4, 5].map((number) => `deliveries.retry.${number}.v1`)],
} as const satisfies Readonly<Record<string, readonly string[]>>;
