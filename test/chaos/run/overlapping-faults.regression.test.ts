import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createInstance, type Instance } from './instance.ts';

// A service was killed and started again while a rolling restart had just begun to start it: two processes ran then, one of which nobody
// knew of, and the other could never listen.

let directory: string;
let instance: Instance;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'switchboard-instance-'));
  instance = createInstance({
    name: 'ingress-1',
    service: 'ingress',
    environment: {},
    healthPort: 1,
    logFile: join(directory, 'ingress-1.log'),
    usual: { entry: 'test/chaos/run/testing/idle-main.ts' },
  });
});

afterEach(async () => {
  await instance.kill();
  await rm(directory, { recursive: true });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Processes that said their id and have not ended. */
async function alive(): Promise<readonly number[]> {
  const said = await readFile(instance.logFile, 'utf8').catch(() => '');
  return said.split('\n').filter(Boolean).map(Number).filter(isAlive);
}

it.each([
  [
    'killed and started again',
    async () => {
      await instance.kill();
      await instance.start();
    },
  ],
  ['started by another', () => instance.start()],
])('one process runs of a service that is %s while it starts', async (_, meanwhile) => {
  const starting = instance.start();
  await Promise.all([starting, meanwhile()]);
  await expect.poll(async () => (await alive()).length).toBeGreaterThan(0);
  // A second process would have said its id by now.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(await alive()).toHaveLength(1);
  await instance.kill();
  expect(await alive()).toEqual([]);
  expect(instance.unexpected()).toEqual([]);
});

it('a service that ends by itself is started again, once', async () => {
  await instance.start();
  await expect.poll(alive).toHaveLength(1);
  const [first = 0] = await alive();
  process.kill(first, 'SIGKILL');
  await expect.poll(alive).toSatisfy((now: readonly number[]) => now.length === 1 && now[0] !== first);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(await alive()).toHaveLength(1);
  expect(instance.unexpected()).toEqual(['ingress-1 ended by itself: SIGKILL']);
});
