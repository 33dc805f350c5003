import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ensureKafka } from '../../../packages/local-stack/src/cache/cache.ts';
import { python } from '../../support/foreign-clients.ts';

const run = promisify(execFile);
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;
const TIMEOUT_MS = 120_000;

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Values of all committed records of a topic in the order of each partition, as another client than ours reads them. */
export type ReadCommitted = (bootstrap: string, topic: string) => Promise<readonly string[]>;

/** Kafka's own client, from the broker's jars. */
export const readWithJava: ReadCommitted = async (bootstrap, topic) => {
  const { directory, java } = await ensureKafka();
  const options = ['-cp', `${directory}/libs/*`, '-Dlog4j2.level=OFF', here('ReadCommitted.java'), bootstrap, topic];
  return values((await run(java.command, options, { maxBuffer: MAX_OUTPUT_BYTES, timeout: TIMEOUT_MS })).stdout);
};

/** librdkafka. */
export const readWithPython: ReadCommitted = async (bootstrap, topic) => {
  if (python === undefined) throw new Error('there is no Python to run');
  const options = [here('read_committed.py'), bootstrap, topic];
  return values((await run(python, options, { maxBuffer: MAX_OUTPUT_BYTES, timeout: TIMEOUT_MS })).stdout);
};

function values(output: string): readonly string[] {
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(' ').slice(2).join(' '));
}
