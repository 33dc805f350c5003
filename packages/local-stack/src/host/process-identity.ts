import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** A process id together with what tells it from a later process of the same id. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When the process began, in the words of the operating system; empty when they cannot be had. */
  readonly began: string;
}

/** Identity of a living process, undefined when there is none. A process that ended and was not yet collected counts as ended. */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | undefined> {
  if (!isAlive(pid)) return undefined;
  return process.platform === 'linux' ? identifyOnLinux(pid) : identifyByPs(pid);
}

/** Whether the very process that was recorded still lives. */
export async function isSameProcess(recorded: ProcessIdentity): Promise<boolean> {
  const now = await identifyProcess(recorded.pid);
  return now !== undefined && (now.began === recorded.began || now.began === '' || recorded.began === '');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function identifyOnLinux(pid: number): Promise<ProcessIdentity | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  // The second field is the command's name in parentheses and may hold spaces; the state follows it, the start time is the 22nd.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z') return undefined;
  return { pid, began: fields[19] ?? '' };
}

async function identifyByPs(pid: number): Promise<ProcessIdentity | undefined> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)]);
    return { pid, began: stdout.trim() };
  } catch {
    return undefined;
  }
}
