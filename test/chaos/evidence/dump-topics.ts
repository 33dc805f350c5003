import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ensureKafka } from '../../../packages/local-stack/src/cache/cache.ts';

export interface TopicDump {
  /** `host:port,…` */
  readonly bootstrap: string;
  readonly directory: string;
  readonly topics: readonly { readonly name: string; readonly hashed: boolean }[];
  readonly groups: readonly string[];
}

/** Which foreign client reads. */
export type DumpClient = 'python' | 'java';

const run = promisify(execFile);
const TIMEOUT_MS = 600_000;
/** librdkafka may crash while brokers come and go, which says nothing of what they hold. */
const TRIES = 3;
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** A Python with confluent-kafka: the one that SWITCHBOARD_PYTHON names, else the one that CI sets up in the checkout. */
export function findPython(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = environment.SWITCHBOARD_PYTHON;
  if (named) return named;
  const own = fileURLToPath(new URL('../../../.cache/python/bin/python', import.meta.url));
  return existsSync(own) ? own : undefined;
}

/** Writes topics and committed offsets to files, in the order given, with a client that shares no code with ours. */
export async function dumpTopics(dump: TopicDump, client: DumpClient = findPython() === undefined ? 'java' : 'python'): Promise<void> {
  await mkdir(dump.directory, { recursive: true });
  const wishes = [
    ...dump.topics.map(({ name, hashed }) => `${hashed ? 'hashed' : 'topic'}=${name}`),
    ...dump.groups.map((group) => `group=${group}`),
  ];
  const [command, ...args] = await commandOf(client);
  const read = () =>
    run(command, [...args, dump.bootstrap, dump.directory, ...wishes], { timeout: TIMEOUT_MS, maxBuffer: 16 * 1024 * 1024 });
  for (let tries = 1; ; tries += 1) {
    try {
      await read();
      return;
    } catch (error) {
      if (tries === TRIES || !hasCrashed(error)) throw error;
    }
  }
}

/** Whether a signal ended it that was not ours, at the end of its time. */
function hasCrashed(error: unknown): boolean {
  const { signal, killed } = error as { readonly signal?: string | null; readonly killed?: boolean };
  return typeof signal === 'string' && killed !== true;
}

async function commandOf(client: DumpClient): Promise<[string, ...string[]]> {
  if (client === 'python') {
    const python = findPython();
    if (python === undefined) throw new Error('there is no Python: SWITCHBOARD_PYTHON is not set');
    return [python, here('dump_topics.py')];
  }
  const { directory, java } = await ensureKafka();
  return [java.command, '-cp', `${directory}/libs/*`, '-Dlog4j2.level=OFF', here('DumpTopics.java')];
}
