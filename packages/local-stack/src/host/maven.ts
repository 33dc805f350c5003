import { spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { StackError } from '../errors.ts';
import type { Java } from './java.ts';

/** Path of the `mvn` command on `path`. Throws ERR_STACK_MAVEN_MISSING. */
export async function findMaven(path: string): Promise<string> {
  for (const directory of path.split(delimiter)) {
    if (directory === '') continue;
    const command = join(directory, 'mvn');
    if (await isExecutable(command)) return command;
  }
  throw new StackError(
    'ERR_STACK_MAVEN_MISSING',
    'Maven is needed once, to fetch Kafka and the schema registry; there is no `mvn` on the PATH. ' +
      'Install it, for example with `apt-get install maven` or `brew install maven`.',
  );
}

async function isExecutable(command: string): Promise<boolean> {
  return access(command, constants.X_OK).then(
    () => true,
    () => false,
  );
}

export interface MavenRun {
  readonly command: string;
  readonly java: Java;
  readonly directory: string;
  readonly goals: readonly string[];
  /** Variables the child gets besides JAVA_HOME. */
  readonly environment: Readonly<Record<string, string>>;
  /** A local repository of its own in place of the user's. */
  readonly repository?: string | undefined;
  /** Called with the number of files fetched so far and the last one's name. */
  readonly onFetched: (count: number, file: string) => void;
}

/** Runs Maven in batch mode; a file whose checksum is wrong fails the run. Throws ERR_STACK_DOWNLOAD with Maven's own last words. */
export async function runMaven(run: MavenRun): Promise<void> {
  const own = run.repository === undefined ? [] : [`-Dmaven.repo.local=${run.repository}`];
  const child = spawn(run.command, ['-B', '-C', ...own, ...run.goals], {
    cwd: run.directory,
    env: { ...run.environment, JAVA_HOME: run.java.home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const problems: string[] = [];
  let fetched = 0;
  const read = (line: string): void => {
    const file = /Downloaded from [^:]+: \S*?([^/\s]+)(?: \(|$)/.exec(line)?.[1];
    if (file !== undefined) {
      fetched += 1;
      run.onFetched(fetched, file);
    }
    if (line.includes('ERROR')) problems.push(line.replace(/^\[ERROR\]\s*/, ''));
  };
  createInterface({ input: child.stdout }).on('line', read);
  createInterface({ input: child.stderr }).on('line', read);
  const status = await ended;
  if (status === 0) return;
  const words = problems.filter((line) => line.trim() !== '').slice(0, 4);
  throw new StackError('ERR_STACK_DOWNLOAD', `Maven ended with status ${status}: ${words.join(' | ') || 'no error text'}`);
}
