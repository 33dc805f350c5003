import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

interface Row {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** Process id of the watcher that the process has, other than `before`; undefined where it has none. */
export async function watcherOf(parent: number | undefined, before?: number): Promise<number | undefined> {
  const rows = process.platform === 'linux' ? await rowsOnLinux() : await rowsByPs();
  return rows.find((row) => row.parent === parent && row.pid !== before && row.command.includes('watcher.ts'))?.pid;
}

// Slim images of Linux come without ps.
async function rowsOnLinux(): Promise<Row[]> {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  const rows = pids.map(async (pid): Promise<Row> => {
    const read = (name: string): Promise<string> => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
    const [stat, command] = [await read('stat'), await read('cmdline')];
    return { pid: Number(pid), parent: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]), command };
  });
  return Promise.all(rows);
}

async function rowsByPs(): Promise<Row[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,args=']);
  return stdout.split('\n').map((line) => {
    const [pid, parent, ...command] = line.trim().split(/\s+/);
    return { pid: Number(pid), parent: Number(parent), command: command.join(' ') };
  });
}
