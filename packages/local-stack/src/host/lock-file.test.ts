import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { testDirectory } from '../testing/directory.ts';
import { tryLock, waitForLock } from './lock-file.ts';
import { identifyProcess } from './process-identity.ts';

async function endedProcess(): Promise<number> {
  const child = spawn('true');
  await once(child, 'exit');
  return child.pid ?? 0;
}

describe('the lock file', () => {
  it('is held by one at a time and names its holder', async () => {
    const path = join(await testDirectory(), 'new', 'a.lock');
    const first = await tryLock(path);
    expect(first.ok).toBe(true);
    expect(await tryLock(path)).toMatchObject({ ok: false, holder: { pid: process.pid } });
    if (first.ok) await first.lock.release();
    expect((await tryLock(path)).ok).toBe(true);
  });

  it('goes to exactly one of many that try at once', async () => {
    const path = join(await testDirectory(), 'a.lock');
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => tryLock(path)));
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
  });

  it('is stale when its process has ended', async () => {
    const path = join(await testDirectory(), 'a.lock');
    await writeFile(path, JSON.stringify({ pid: await endedProcess(), began: '123' }));
    expect((await tryLock(path)).ok).toBe(true);
  });

  it('is stale when another process has got the id since', async () => {
    const path = join(await testDirectory(), 'a.lock');
    await writeFile(path, JSON.stringify({ pid: process.pid, began: 'before this process' }));
    expect((await tryLock(path)).ok).toBe(true);
  });

  it('is stale when it cannot be read', async () => {
    const path = join(await testDirectory(), 'a.lock');
    await writeFile(path, '{"pid": 1');
    expect((await tryLock(path)).ok).toBe(true);
  });

  it('goes to exactly one of many that find it stale', async () => {
    const path = join(await testDirectory(), 'a.lock');
    const pid = await endedProcess();
    for (let round = 0; round < 50; round += 1) {
      await writeFile(path, JSON.stringify({ pid, began: 'x' }));
      const outcomes = await Promise.all(Array.from({ length: 8 }, () => tryLock(path)));
      const held = outcomes.filter((outcome) => outcome.ok);
      expect(held).toHaveLength(1);
      await held[0]?.lock.release();
    }
  });

  it('is taken although a process was killed while it removed a stale one', async () => {
    const path = join(await testDirectory(), 'a.lock');
    await writeFile(path, JSON.stringify({ pid: await endedProcess(), began: 'x' }));
    await writeFile(`${path}.stale`, '');
    const taking = tryLock(path);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await rm(`${path}.stale`);
    expect((await taking).ok).toBe(true);
  });

  it('leaves nothing behind but itself', async () => {
    const directory = await testDirectory();
    const outcome = await tryLock(join(directory, 'a.lock'));
    await tryLock(join(directory, 'a.lock'));
    expect(await readdir(directory)).toEqual(['a.lock']);
    if (outcome.ok) await outcome.lock.release();
    expect(await readdir(directory)).toEqual([]);
  });

  it('is waited for, and the wait is told once', async () => {
    const path = join(await testDirectory(), 'a.lock');
    const first = await tryLock(path);
    const told: number[] = [];
    const second = waitForLock(path, ({ pid }) => told.push(pid));
    setTimeout(() => first.ok && void first.lock.release(), 300);
    await (await second).release();
    expect(told).toEqual([process.pid]);
  });
});

describe('the identity of a process', () => {
  it('is the same while it lives and none once it ended', async () => {
    const child = spawn('sleep', ['60']);
    const pid = child.pid ?? 0;
    const first = await identifyProcess(pid);
    expect(first?.began).not.toBe('');
    expect(await identifyProcess(pid)).toEqual(first);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await identifyProcess(pid)).toBeUndefined();
  });
});
