import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { identifyProcess } from '../host/process-identity.ts';
import { testDirectory } from '../testing/directory.ts';
import { watcherOf } from '../testing/watcher-of.ts';
import { type Child, startChild, untilReady } from './child.ts';
import { endLeftover, recordProcess } from './leftover.ts';

const PARENT = fileURLToPath(new URL('../testing/child-main.ts', import.meta.url));

async function start(script: string): Promise<Child> {
  const logFile = join(await testDirectory(), 'logs', 'child.log');
  const child = await startChild({
    command: '/bin/sh',
    args: ['-c', script],
    environment: { PATH: '/usr/bin:/bin', SOME: 'thing' },
    logFile,
  });
  onTestFinished(async () => void (await child.kill()));
  return child;
}

async function untilGone(pid: number): Promise<void> {
  while ((await identifyProcess(pid)) !== undefined) await sleep(20);
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

async function untilWatched(parent: number | undefined, before?: number): Promise<number> {
  for (;;) {
    const watcher = await watcherOf(parent, before);
    if (watcher !== undefined) return watcher;
    await sleep(50);
  }
}

async function untilSaid(file: string, text: string): Promise<void> {
  while (!(await readFile(file, 'utf8').catch(() => '')).includes(text)) await sleep(20);
}

describe('a child process', () => {
  it('writes both streams to its log and says how it ended', async () => {
    const child = await start('echo "to out $SOME"; echo to err >&2; exit 3');
    expect(await child.ended).toEqual({ code: 3, signal: null });
    expect(child.end()).toEqual({ code: 3, signal: null });
    expect(await child.output()).toBe('to out thing\nto err\n');
  });

  it('has its own output apart from that of an earlier run in the same log', async () => {
    const logFile = join(await testDirectory(), 'child.log');
    await writeFile(logFile, 'earlier\n');
    const child = await startChild({ command: '/bin/echo', args: ['now'], environment: {}, logFile });
    await child.ended;
    expect(await child.output()).toBe('now\n');
    expect(await readFile(logFile, 'utf8')).toBe('earlier\nnow\n');
  });

  it('ends by SIGTERM, and by SIGKILL when it will not', async () => {
    const willing = await start('trap "exit 7" TERM; echo willing; while :; do sleep 0.05; done');
    await untilSaid(willing.logFile, 'willing');
    expect(await willing.stop()).toEqual({ code: 7, signal: null });
    const unwilling = await start('trap "" TERM; echo deaf; while :; do sleep 0.05; done');
    await untilSaid(unwilling.logFile, 'deaf');
    expect(await unwilling.stop(100)).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('ends with its own children, also while it is paused', async () => {
    const child = await start('sleep 300 & echo $!; wait');
    await untilSaid(child.logFile, '\n');
    const grandchild = Number(await child.output());
    child.signal('SIGSTOP');
    await child.stop();
    await untilGone(grandchild);
  });

  it('cannot be started when there is no such command, and says so in its log', async () => {
    const child = await start('exec /nowhere/to/be/found');
    expect(await child.ended).toMatchObject({ code: 127 });
    expect(await child.output()).toContain('/nowhere/to/be/found');
  });

  it('is ready when the condition holds, late when it never does, ended when it is gone', async () => {
    const child = await start('sleep 300');
    let asked = 0;
    expect(await untilReady(child, async () => ++asked === 3, 5_000, 1)).toBe('ready');
    expect(await untilReady(child, () => Promise.reject(new Error('no')), 20, 1)).toBe('late');
    await child.kill();
    expect(await untilReady(child, async () => true, 5_000)).toBe('ended');
  });

  it.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)('ends when its parent dies by %s', async (signal) => {
    const logFile = join(await testDirectory(), 'child.log');
    const parent = spawn(process.execPath, [PARENT, 'sleep 300', logFile], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
    const pid = Number(line);
    expect(await identifyProcess(pid)).toBeDefined();
    parent.kill(signal);
    await untilGone(pid);
  });

  it('ends when its parent dies after the watcher between them did', { timeout: 30_000 }, async () => {
    const logFile = join(await testDirectory(), 'child.log');
    const parent = spawn(process.execPath, [PARENT, 'sleep 300', logFile], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void parent.kill('SIGKILL'));
    const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
    const child = Number(line);
    onTestFinished(() => killGroup(child));
    const first = await untilWatched(parent.pid);
    process.kill(first, 'SIGKILL');
    await untilWatched(parent.pid, first);
    parent.kill('SIGKILL');
    await untilGone(child);
  });

  it('is killed after its parent died when it is deaf to SIGTERM', { timeout: 30_000 }, async () => {
    const logFile = join(await testDirectory(), 'child.log');
    const deaf = 'trap "" TERM; echo deaf; while :; do sleep 0.05; done';
    const parent = spawn(process.execPath, [PARENT, deaf, logFile], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
    await untilSaid(logFile, 'deaf');
    parent.kill('SIGKILL');
    await untilGone(Number(line));
  });
});

describe('a process left over from an earlier run', () => {
  it('is ended when it is the one that was recorded', async () => {
    const file = join(await testDirectory(), 'process.json');
    const child = await start('sleep 300');
    await recordProcess(file, child.pid);
    const lines: string[] = [];
    await endLeftover(file, (line) => lines.push(line));
    expect(await child.ended).toEqual({ code: null, signal: 'SIGTERM' });
    expect(lines).toEqual([`ending process ${child.pid}, left over from an earlier run`]);
  });

  it('is left alone when its id belongs to another process now', async () => {
    const file = join(await testDirectory(), 'process.json');
    const child = await start('sleep 300');
    await writeFile(file, JSON.stringify({ pid: child.pid, began: 'long ago' }));
    await endLeftover(file, () => expect.unreachable());
    expect(child.end()).toBeUndefined();
  });

  it('is nothing when no run recorded one', async () => {
    await endLeftover(join(await testDirectory(), 'process.json'), () => expect.unreachable());
  });
});
