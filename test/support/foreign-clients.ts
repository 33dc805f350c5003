import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;
const TIMEOUT_MS = 120_000;

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const installed = here('../../.cache/python/bin/python');

/** A Python with confluent-kafka and its Avro parts: SWITCHBOARD_PYTHON, else the one below .cache; undefined when there is neither. */
export const python = process.env.SWITCHBOARD_PYTHON || (existsSync(installed) ? installed : undefined);

/** Whether kcat is on the PATH. */
export const hasKcat = spawnSync('kcat', ['-V']).status === 0;

/** What a script of test/support/python prints. Throws with its stderr when it fails. */
export async function runPython(script: string, ...args: readonly string[]): Promise<string> {
  if (python === undefined) throw new Error('there is no Python to run');
  return (await run(python, [here(`./python/${script}`), ...args], { maxBuffer: MAX_OUTPUT_BYTES, timeout: TIMEOUT_MS })).stdout;
}

/** What kcat prints. Throws with its stderr when it fails. */
export async function runKcat(...args: readonly string[]): Promise<string> {
  return (await run('kcat', args, { maxBuffer: MAX_OUTPUT_BYTES, timeout: TIMEOUT_MS })).stdout;
}
