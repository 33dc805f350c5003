import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { dumpTopics } from './dump-topics.ts';

// The client that reads the evidence crashed while a broker went away, and with it the run that it was to judge.

/** A client in place of Python, which ends the first times as told and counts how often it was started. */
async function client(firstTimes: number, end: string): Promise<{ readonly directory: string; starts(): Promise<number> }> {
  const directory = await mkdtemp(join(tmpdir(), 'switchboard-reader-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const log = join(directory, 'starts');
  const script = join(directory, 'python');
  await writeFile(script, `#!/bin/sh\necho x >> ${log}\nif [ $(wc -l < ${log}) -le ${firstTimes} ]; then ${end}; fi\n`, { mode: 0o755 });
  vi.stubEnv('SWITCHBOARD_PYTHON', script);
  onTestFinished(() => void vi.unstubAllEnvs());
  return { directory, starts: async () => (await readFile(log, 'utf8')).trim().split('\n').length };
}

const dump = (directory: string) => dumpTopics({ bootstrap: '127.0.0.1:1', directory, topics: [], groups: [] }, 'python');

it('a client that crashes is started again', async () => {
  const { directory, starts } = await client(2, 'kill -SEGV $$');
  await dump(directory);
  expect(await starts()).toBe(3);
});

it('one that crashes every time fails, and so does one that says what it cannot do', async () => {
  const crashing = await client(9, 'kill -SEGV $$');
  await expect(dump(crashing.directory)).rejects.toThrow('Command failed');
  expect(await crashing.starts()).toBe(3);
  const refusing = await client(9, 'exit 1');
  await expect(dump(refusing.directory)).rejects.toThrow('Command failed');
  expect(await refusing.starts()).toBe(1);
});
