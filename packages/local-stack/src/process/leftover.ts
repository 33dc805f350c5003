import { readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { identifyProcess, isSameProcess, type ProcessIdentity } from '../host/process-identity.ts';

const GRACE_MS = 10_000;

/** Notes the process that now works on a directory, so that a later run recognises it should it be left over. */
export async function recordProcess(file: string, pid: number): Promise<void> {
  const identity = await identifyProcess(pid);
  if (identity !== undefined) await writeFile(file, JSON.stringify(identity));
}

/**
 * Ends the process group that an earlier run recorded, if that very process still lives. Call it only while holding the directory's lock:
 * then the run that owned the process is gone, and nobody else will end it.
 */
export async function endLeftover(file: string, report: (line: string) => void): Promise<void> {
  const recorded = await readRecord(file);
  if (recorded !== undefined && (await isSameProcess(recorded))) {
    report(`ending process ${recorded.pid}, left over from an earlier run`);
    signal(recorded.pid, 'SIGTERM');
    signal(recorded.pid, 'SIGCONT');
    const deadline = Date.now() + GRACE_MS;
    while (await isSameProcess(recorded)) {
      if (Date.now() > deadline) signal(recorded.pid, 'SIGKILL');
      await sleep(50);
    }
  }
  await rm(file, { force: true });
}

function signal(group: number, name: NodeJS.Signals): void {
  try {
    process.kill(-group, name);
  } catch {
    // It has just ended.
  }
}

async function readRecord(file: string): Promise<ProcessIdentity | undefined> {
  try {
    const value = JSON.parse(await readFile(file, 'utf8')) as Partial<ProcessIdentity> | null;
    return typeof value?.pid === 'number' && value.pid > 1 && typeof value.began === 'string'
      ? { pid: value.pid, began: value.began }
      : undefined;
  } catch {
    return undefined;
  }
}
