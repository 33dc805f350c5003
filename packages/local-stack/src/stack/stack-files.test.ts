import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { claimDirectory } from '../process/claim.ts';
import { testDirectory } from '../testing/directory.ts';
import { readOrMakeCredentials } from './credentials.ts';
import { isStackRunning, readStackEnvironment, removeStackEnvironment, stackFiles, writeStackEnvironment } from './stack-files.ts';

describe('the environment that a running stack leaves for the command line tool', () => {
  it('is what was written, for its owner alone, until it is removed', async () => {
    const dataDir = await testDirectory();
    expect(readStackEnvironment(dataDir)).toEqual({});
    await writeStackEnvironment(dataDir, { KAFKA_BROKERS: '127.0.0.1:1', SWITCHBOARD_ADMIN_TOKEN: 't' });
    expect(readStackEnvironment(dataDir)).toEqual({ KAFKA_BROKERS: '127.0.0.1:1', SWITCHBOARD_ADMIN_TOKEN: 't' });
    expect((await stat(stackFiles(dataDir).environment)).mode & 0o077).toBe(0);
    await removeStackEnvironment(dataDir);
    expect(readStackEnvironment(dataDir)).toEqual({});
  });

  it('is empty when its file is no object of texts', async () => {
    const dataDir = await testDirectory();
    await writeStackEnvironment(dataDir, {});
    for (const text of ['', 'null', '[1]', '{"A":1}', '{"A":']) {
      await writeFile(stackFiles(dataDir).environment, text);
      expect(readStackEnvironment(dataDir), text).toEqual({});
    }
  });
});

describe('a stack', () => {
  it('runs while a living process has claimed its directory and its environment is there', async () => {
    const dataDir = await testDirectory();
    expect(await isStackRunning(dataDir)).toBe(false);
    const claim = await claimDirectory(dataDir, () => undefined);
    expect(await isStackRunning(dataDir)).toBe(false);
    await writeStackEnvironment(dataDir, { KAFKA_BROKERS: '127.0.0.1:1' });
    expect(await isStackRunning(dataDir)).toBe(true);
    await claim.release();
    expect(await isStackRunning(dataDir)).toBe(false);
  });

  it('does not run where a process that was killed left claim and environment', async () => {
    const dataDir = await testDirectory();
    await writeStackEnvironment(dataDir, { KAFKA_BROKERS: '127.0.0.1:1' });
    await writeFile(join(dataDir, 'owner.lock'), JSON.stringify({ pid: process.pid, began: 'before it' }));
    expect(await isStackRunning(dataDir)).toBe(false);
  });
});

describe('the credentials of a stack', () => {
  it('are made once, for their owner alone, and differ between stacks', async () => {
    const file = join(await testDirectory(), 'secrets', 'credentials.json');
    const made = await readOrMakeCredentials(file);
    expect(await readOrMakeCredentials(file)).toEqual(made);
    expect((await stat(file)).mode & 0o077).toBe(0);
    expect(await readOrMakeCredentials(join(await testDirectory(), 'credentials.json'))).not.toEqual(made);
    expect(Buffer.from(made.secretsKey, 'base64')).toHaveLength(32);
    expect(Buffer.from(made.hmacKey, 'base64')).toHaveLength(32);
  });

  it('are made anew when a part of them is missing', async () => {
    const file = join(await testDirectory(), 'credentials.json');
    await writeFile(file, JSON.stringify({ routingKey: 'x', hmacKey: 'x', secretsKey: 'x' }));
    expect((await readOrMakeCredentials(file)).routingKey).not.toBe('x');
  });
});
