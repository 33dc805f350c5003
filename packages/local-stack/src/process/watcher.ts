/**
 * Ends the children of a process that died without ending them, also by kill -9. Runs as a process of its own, in a process group of its
 * own, and reads from the parent one line per child: `+<pid>` when it began, `-<pid>` when it ended. When the pipe closes, the parent is
 * gone, and every process group still named is told to end, then killed.
 */
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const GRACE_MS = 10_000;
const groups = new Set<number>();

function signal(group: number, name: NodeJS.Signals): boolean {
  try {
    process.kill(-group, name);
    return true;
  } catch {
    return false;
  }
}

async function endAll(): Promise<void> {
  for (const group of groups) {
    signal(group, 'SIGTERM');
    // A stopped process takes the signal only when it goes on.
    signal(group, 'SIGCONT');
  }
  for (const end = Date.now() + GRACE_MS; Date.now() < end && groups.size > 0; await sleep(50)) {
    for (const group of groups) {
      try {
        process.kill(-group, 0);
      } catch {
        groups.delete(group);
      }
    }
  }
  for (const group of groups) signal(group, 'SIGKILL');
}

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => {});
for await (const line of createInterface({ input: process.stdin })) {
  const group = Number(line.slice(1));
  if (!Number.isSafeInteger(group) || group <= 1) continue;
  if (line.startsWith('+')) groups.add(group);
  else groups.delete(group);
}
await endAll();
