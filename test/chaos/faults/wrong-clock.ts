import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Life } from '../run/instance.ts';

const run = promisify(execFile);
const PROBE_MS = 1_000_000;

/** A life under a clock that is wrong by so much. */
export function skewedLife(aheadMs: number): Life {
  const offset = `${aheadMs < 0 ? '-' : '+'}${Math.abs(aheadMs) / 1_000}s`;
  // Only the time of day is wrong: no machine's monotonic clock jumps.
  return { under: ['faketime', '-f', offset], environment: { FAKETIME_DONT_FAKE_MONOTONIC: '1', DONT_FAKE_MONOTONIC: '1' } };
}

/** Whether a process of this Node that is started under a wrong clock sees one. */
export async function canSkewClocks(): Promise<boolean> {
  const { under: [command = '', ...args] = [], environment } = skewedLife(PROBE_MS);
  try {
    const { stdout } = await run(command, [...args, process.execPath, '-p', 'Date.now()'], { env: { ...process.env, ...environment } });
    return Number(stdout) - Date.now() > PROBE_MS / 2;
  } catch {
    return false;
  }
}
