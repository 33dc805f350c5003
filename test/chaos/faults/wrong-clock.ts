import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Life } from '../run/instance.ts';

const run = promisify(execFile);
const PROBE_MS = 1_000_000;

/** A life under a clock that is wrong by so much, by the library that faketime loads into a process. */
export function skewedLife(library: string, aheadMs: number): Life {
  // Not by the command: it would stay between, and be killed or stopped in place of the service.
  const environment = { LD_PRELOAD: library, FAKETIME: `${aheadMs < 0 ? '-' : '+'}${Math.abs(aheadMs) / 1_000}s` };
  // Only the time of day is wrong: no machine's monotonic clock jumps.
  return { environment: { ...environment, FAKETIME_DONT_FAKE_MONOTONIC: '1', DONT_FAKE_MONOTONIC: '1' } };
}

/** The library of faketime; undefined where a process of this Node that is started with it sees no wrong clock. */
export async function findFaketime(): Promise<string | undefined> {
  try {
    const named = await run('faketime', ['-f', '+0s', 'printenv', 'LD_PRELOAD']);
    const library = named.stdout.trim();
    const { environment } = skewedLife(library, PROBE_MS);
    const { stdout } = await run(process.execPath, ['-p', 'Date.now()'], { env: { ...process.env, ...environment } });
    return Number(stdout) - Date.now() > PROBE_MS / 2 ? library : undefined;
  } catch {
    return undefined;
  }
}
