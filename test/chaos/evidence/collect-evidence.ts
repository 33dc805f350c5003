import { mkdir, writeFile } from 'node:fs/promises';
import { dumpTopics } from './dump-topics.ts';
import { readSchemas } from './read-schemas.ts';
import { groups, type RunFacts, runFiles } from './run-directory.ts';

export interface Collection {
  readonly directory: string;
  /** `host:port,…` of the brokers themselves. */
  readonly bootstrap: string;
  readonly facts: RunFacts;
  /** Base of the registry's API, where releases with different schemas write. Default: all is written with those of the checkout. */
  readonly registryUrl?: string | undefined;
  /** Writes what the receivers have logged by now to the file. */
  readonly saveReceived: (file: string) => Promise<void>;
  /** Writes what the sender has logged by now to the file. */
  readonly saveSent: (file: string) => Promise<void>;
}

const topic = (name: string) => ({ name, hashed: false });
const hashed = (name: string) => ({ name, hashed: true });

/**
 * Reads everything that the checker looks at into a directory. What follows from something else is read before it, so that a run in
 * motion never seems to hold a consequence without its cause.
 */
export async function collectEvidence({ directory, bootstrap, facts, registryUrl, saveReceived, saveSent }: Collection): Promise<void> {
  const files = runFiles(directory);
  await mkdir(files.topics, { recursive: true });
  const dump = { bootstrap, directory: files.topics };
  await dumpTopics({ ...dump, groups: [], topics: [topic('deliveries.outcomes.v1')] });
  await saveReceived(files.received);
  await saveSent(files.answered);
  const [pending, ...retries] = groups['switchboard.delivery'];
  const causes = [
    ...['deliveries.dead.v1', ...retries, pending].map(hashed),
    ...[...groups['switchboard.fan-out'], 'notifications.rejected.v1', 'notifications.raw.v1'].map(topic),
  ];
  await dumpTopics({ ...dump, groups: Object.keys(groups), topics: causes });
  await saveSent(files.sent);
  if (registryUrl !== undefined) await writeFile(files.schemas, JSON.stringify(await readSchemas(registryUrl)));
  await writeFile(files.facts, JSON.stringify(facts));
}
