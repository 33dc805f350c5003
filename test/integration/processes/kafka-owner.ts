/** Starts a broker on the directory of its argument, says its own, the watcher's and the broker's process id, and then hangs. */
import { readdirSync, readFileSync } from 'node:fs';
import { startKafka } from '@switchboard/local-stack';

const [dataDir = ''] = process.argv.slice(2);
const kafka = await startKafka({ dataDir });
const watcher = readdirSync('/proc').find((entry) => {
  try {
    return /^\d+$/.test(entry) && isOwnWatcher(readFileSync(`/proc/${entry}/stat`, 'utf8'), readFileSync(`/proc/${entry}/cmdline`, 'utf8'));
  } catch {
    return false;
  }
});
process.stdout.write(`${JSON.stringify({ watcher: Number(watcher), broker: kafka.pid(), bootstrap: kafka.bootstrap })}\n`);
setInterval(() => {}, 1_000);

function isOwnWatcher(stat: string, commandLine: string): boolean {
  const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  return parent === process.pid && commandLine.includes('watcher.ts');
}
