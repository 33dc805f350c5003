import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, truncate } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createKafkaLog } from '@switchboard/event-log';
import { type Kafka, type KafkaOptions, startKafka } from '@switchboard/local-stack';
import { describe, expect, it, onTestFinished } from 'vitest';

const OWNER = fileURLToPath(new URL('./processes/kafka-owner.ts', import.meta.url));
const TOPIC = { name: 'local-stack.kept', partitions: 1, cleanup: 'delete', retentionMs: -1, key: 'x', value: 'x' } as const;

async function directory(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'switchboard-kafka-'));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

async function start(dataDir: string, options: Partial<KafkaOptions> = {}): Promise<Kafka> {
  const kafka = await startKafka({ dataDir, ...options });
  onTestFinished(() => kafka.stop());
  return kafka;
}

async function append(kafka: Kafka, ...values: string[]): Promise<void> {
  const log = createKafkaLog({ brokers: [...kafka.brokers], clientId: 'local-stack-test' });
  await log.applyTopics([TOPIC]);
  const appender = await log.appender();
  for (const value of values) {
    const outcome = await appender.append({ topic: TOPIC.name, key: Buffer.from('k'), value: Buffer.from(value) });
    expect(outcome).toMatchObject({ ok: true });
  }
  await appender.stop();
}

async function readAll(kafka: Kafka): Promise<string[]> {
  const log = createKafkaLog({ brokers: [...kafka.brokers], clientId: 'local-stack-test' });
  const values: string[] = [];
  const reader = await log.reader({
    topics: [TOPIC.name],
    from: 'beginning',
    onRecords: (records) => void values.push(...records.map(({ value }) => String(value))),
  });
  await reader.caughtUp;
  await reader.stop();
  return values;
}

describe('a started broker', () => {
  it('takes records at once, and has them after a clean end and after SIGKILL', async () => {
    const dataDir = await directory();
    const first = await startKafka({ dataDir });
    await append(first, 'one', 'two');
    await first.stop();
    expect(first.pid()).toBeUndefined();

    const second = await start(dataDir);
    expect(await readAll(second)).toEqual(['one', 'two']);
    await append(second, 'three');
    await second.kill();
    expect(second.pid()).toBeUndefined();
    await second.restart();
    expect(await readAll(second)).toEqual(['one', 'two', 'three']);
  });

  it('is repaired with its records when its directory is half-formatted', async () => {
    const dataDir = await directory();
    const first = await startKafka({ dataDir });
    await append(first, 'kept');
    await first.stop();
    await truncate(join(dataDir, '1', 'data', 'meta.properties'), 20);
    await rm(join(dataDir, '1', 'data', 'bootstrap.checkpoint'));

    const lines: string[] = [];
    const second = await start(dataDir, { report: (line) => lines.push(line) });
    expect(lines.filter((line) => line.includes('half-formatted; completing it'))).toHaveLength(1);
    expect(await readAll(second)).toEqual(['kept']);
  });

  it('stands still while it is paused and goes on afterwards', async () => {
    const kafka = await start(await directory());
    await append(kafka, 'before');
    kafka.pause();
    const log = createKafkaLog({ brokers: [...kafka.brokers], clientId: 'local-stack-test' });
    const appender = await log.appender();
    const late = await appender.append({ topic: TOPIC.name, key: Buffer.from('k'), value: Buffer.from('while') }, { deadlineMs: 300 });
    expect(late.ok).toBe(false);
    await appender.stop();
    kafka.resume();
    await append(kafka, 'after');
    expect(await readAll(kafka)).toEqual(expect.arrayContaining(['before', 'after']));
  });

  it('leaves a directory alone that another living process uses, and names that process', async () => {
    const dataDir = await directory();
    await start(dataDir);
    const second = startKafka({ dataDir });
    await expect(second).rejects.toMatchObject({ code: 'ERR_STACK_IN_USE' });
    await expect(second).rejects.toThrow(`in use by process ${process.pid}`);
  });

  it('takes other ports when the usual ones are taken, and says so when a fixed one is', async () => {
    const server = createServer();
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => {
      server.once('error', () => resolve());
      server.listen(19_092, '127.0.0.1', resolve);
    });
    const dataDir = await directory();
    const fixed = startKafka({ dataDir, port: 19_092, controllerPort: 19_093 });
    await expect(fixed).rejects.toMatchObject({ code: 'ERR_STACK_PORT_TAKEN' });
    await expect(fixed).rejects.toThrow('port 19092');
    const kafka = await start(dataDir);
    expect(kafka.port).not.toBe(19_092);
    await append(kafka, 'there');
  });
});

describe.skipIf(process.platform !== 'linux')('a broker whose parent and watcher were both killed', () => {
  it('is ended by the next start, which goes on with its records', async () => {
    const dataDir = await directory();
    const owner = spawn(process.execPath, [OWNER, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(createInterface({ input: owner.stdout }), 'line')) as [string];
    const left = JSON.parse(line) as { watcher: number; broker: number; bootstrap: string };
    await append({ brokers: [left.bootstrap] } as unknown as Kafka, 'kept');
    // Stopped, it cannot replace the watcher.
    owner.kill('SIGSTOP');
    process.kill(left.watcher, 'SIGKILL');
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    expect(isRunning(left.broker)).toBe(true);

    const lines: string[] = [];
    const kafka = await start(dataDir, { report: (text) => lines.push(text) });
    expect(lines).toContain(`ending process ${left.broker}, left over from an earlier run`);
    expect(isRunning(left.broker)).toBe(false);
    expect(await readAll(kafka)).toEqual(['kept']);
  });
});

/** A process that ended stays listed until its parent, here the system's first process, takes note of it. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
