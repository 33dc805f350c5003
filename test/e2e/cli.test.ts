import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { showLogsOnFailure, startTestStack, type TestStack } from '../support/test-stack.ts';

const CLI = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url));
const CONTENT = 'ms.MessagingEventNotification.ContentEvent';
/** The default is for people; a machine that is busy with other tests may take longer. */
const PATIENTLY = ['--timeout', '100000'];

let stack: TestStack;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'switchboard-cli-'));
  stack = await startTestStack();
});

afterAll(async () => {
  await stack?.stop();
  await rm(directory, { recursive: true, force: true });
});

/** Runs the command line as a process of its own, in an empty folder. */
const run = (...args: readonly string[]) => runWith(stack.environment, ...args);

async function runWith(environment: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd: directory,
    env: { PATH: process.env.PATH ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const code = new Promise<number | null>((resolve) => child.once('close', resolve));
  onTestFinished(async () => {
    child.kill();
    await code;
  });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, out, err };
}

const jsonLines = (out: string) =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

async function file(name: string, content: object): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, JSON.stringify(content));
  return path;
}

const installFor = (name: string) => ({
  client_name: name,
  capabilities: { webhooks: { [CONTENT]: { endpoint: `${stack.receiver.origin}/cli` } } },
});

describe('topics apply', () => {
  it('is idempotent, and says what is there', async () => {
    showLogsOnFailure(stack);
    const { code, out } = await run('topics', 'apply');
    expect(code).toBe(0);
    expect(out).toContain('notifications.raw.v1');
    const json = await run('topics', 'apply', '--json');
    expect(json).toMatchObject({ code: 0, err: '' });
    const lines = jsonLines(json.out);
    expect([...new Set(lines.map(({ kind }) => kind))]).toEqual(['cluster', 'registry', 'topic', 'schema']);
    expect(lines.filter(({ kind, outcome }) => kind === 'topic' && outcome !== 'unchanged')).toEqual([]);
  });

  it('names cluster and brokers before anything else, and changes nothing in a dry run', async () => {
    const { KAFKA_BROKERS = '', SCHEMA_REGISTRY_URL = '' } = stack.environment;
    const target = ['--brokers', KAFKA_BROKERS, '--registry', SCHEMA_REGISTRY_URL];
    const { code, out } = await runWith({ TOPIC_PREFIX: 'dry.' }, 'topics', 'apply', '--dry-run', ...target);
    expect(code).toBe(0);
    expect(out).toMatch(/^cluster \S{22}: brokers \S+:\d+\nregistry http\S+\n/);
    expect(out).toContain('topic dry.notifications.raw.v1: would be created\n');
    expect(out).toContain('schema dry.notifications.raw.v1-value: would be registered\n');
    const again = await runWith({ TOPIC_PREFIX: 'dry.' }, 'topics', 'apply', '--dry-run', ...target);
    expect(again.out).toBe(out);
  });

  it('ends with 2 and says what to set where no cluster is named', async () => {
    const { code, out, err } = await runWith({}, 'topics', 'apply');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^KAFKA_BROKERS and SCHEMA_REGISTRY_URL must be set .*\n$/);
  });
});

describe('installs', () => {
  it('are applied, listed, shown and removed; a stale version is refused', async () => {
    showLogsOnFailure(stack);
    const document = await file('install.json', installFor('Command line'));
    const created = await run('installs', 'apply', 'cli', document);
    expect(created.out).toMatch(/^cli created, version 1-[0-9a-z]+; signing secret, shown this once: whsec_\S+\n$/);
    expect(created.code).toBe(0);
    const version = /version (\S+);/.exec(created.out)?.[1] ?? '';

    const changed = await run('installs', 'apply', 'cli', document, '--if-match', version);
    expect(changed).toMatchObject({ code: 0, err: '' });
    expect(changed.out).toMatch(/^cli changed, version 2-[0-9a-z]+\n$/);
    const stale = await run('installs', 'apply', 'cli', document, '--if-match', version);
    expect(stale).toMatchObject({ code: 1, out: '' });
    expect(stale.err).toContain('ERR_ADMIN_VERSION_MISMATCH');

    const listed = await run('installs', 'list');
    expect(listed).toMatchObject({ code: 0, err: '' });
    expect(listed.out).toMatch(new RegExp(`^cli v2-[0-9a-z]+ enabled Command line: ${CONTENT}$`, 'm'));
    const shown = await run('installs', 'show', 'cli');
    expect(shown.code).toBe(0);
    expect(JSON.parse(shown.out)).toMatchObject({ id: 'cli', version: 2, document: installFor('Command line') });
    const unknown = await run('installs', 'show', 'nobody');
    expect(unknown).toMatchObject({ code: 1, out: '' });
    expect(unknown.err).toContain('ERR_ADMIN_NOT_FOUND');

    const refused = await run('installs', 'remove', 'cli', '--if-match', version);
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toContain('ERR_ADMIN_VERSION_MISMATCH');
    expect(await run('installs', 'remove', 'cli')).toEqual({ code: 0, out: 'cli removed\n', err: '' });
    await expect.poll(async () => (await run('installs', 'list')).out, { timeout: 60_000 }).not.toContain('cli v2');
  });

  it('are refused with every problem of their document', async () => {
    const { code, out, err } = await run('installs', 'apply', 'bad', await file('bad.json', { enabled: 'yes' }));
    expect(code).toBe(1);
    expect(out).toBe('');
    expect(err).toContain('client_name');
    expect(err).toContain('enabled');
  });
});

describe('send and tail', () => {
  beforeAll(() => stack.install('follows', { ...installFor('Follows'), signing_secret: stack.receiverSecret }));

  it('send a sample and follow it to the end of its delivery', async () => {
    showLogsOnFailure(stack);
    const { code, out } = await run('send', 'bot-framework', '--wait', ...PATIENTLY);
    expect(out).toMatch(/^bot-framework: .+ answered 200/m);
    expect(out).toContain(`event ${CONTENT}`);
    expect(out).toMatch(/delivery \S+ to follows: delivered at attempt 1 with 200/);
    expect(code).toBe(0);
  });

  it('send the body in a file, in JSON lines', async () => {
    showLogsOnFailure(stack);
    const { body } = await stack.sample('bot-framework');
    const activity = { ...JSON.parse(body.toString()), id: 'from-a-file', text: 'from a file' };
    const { code, out } = await run(
      'send',
      'bot-framework',
      '--file',
      await file('activity.json', activity),
      '--wait',
      '--json',
      ...PATIENTLY,
    );
    expect(code).toBe(0);
    const lines = jsonLines(out);
    expect(lines.map(({ kind }) => kind).toSorted()).toEqual(['answer', 'delivery', 'event', 'stored']);
    expect(lines.find(({ kind }) => kind === 'answer')).toMatchObject({ source: 'bot-framework', status: 200 });
    expect(lines.find(({ kind }) => kind === 'delivery')).toMatchObject({ attempt: { outcome: 'delivered' }, duplicate: false });
  });

  it('end with 1 when the ingress refuses', async () => {
    const { code, out } = await run('send', 'bot-framework', '--file', await file('empty.json', {}));
    expect(out).toMatch(/answered 4\d\d/);
    expect(code).toBe(1);
  });

  it('do not wait for what will become of a refused request', async () => {
    const { code, out } = await run('send', 'bot-framework', '--file', await file('empty.json', {}), '--wait', '--timeout', '600000');
    expect(out).toMatch(/answered 4\d\d/);
    expect(code).toBe(1);
  });

  it('print a topic from its beginning, and the events of one type', async () => {
    showLogsOnFailure(stack);
    const sample = await stack.sample('bot-framework');
    expect((await stack.post(sample)).status).toBe(200);
    const raw = await run('tail', 'notifications.raw.v1', '--from', 'beginning', '--once', '--json');
    expect(raw).toMatchObject({ code: 0, err: '' });
    const records = jsonLines(raw.out);
    expect(new Set(records.map(({ topic }) => topic))).toEqual(new Set(['notifications.raw.v1']));
    expect(records.filter(({ value }) => value.body === sample.body.toString())).toHaveLength(1);
    const events = await run('tail', CONTENT, '--from', 'beginning', '--limit', '1');
    expect(events).toMatchObject({ code: 0, err: '' });
    expect(events.out.trimEnd().split('\n')).toHaveLength(1);
    expect(events.out).toMatch(new RegExp(` events\\.messaging\\.v1-\\d+-\\d+ .* ${CONTENT} `));
  });
});

describe('a mistake in the command', () => {
  it.each([
    [['tail', 'no.such.topic'], 'is neither a topic nor an event type'],
    [['send', 'no-such-source'], 'argument'],
    [['send', 'ucwa', 'bot-framework', '--file', 'x.json'], '--file goes with one source'],
    [['send', 'ucwa', '--file', 'missing.json'], 'missing.json cannot be read'],
    [['installs', 'apply', 'x', 'missing.json'], 'is not a readable JSON document'],
    [['tail', CONTENT, '--limit', '0'], 'must be a whole number from 1'],
    [['no-such-command'], 'unknown command'],
  ])('%j ends with 1 and says what is wrong', async (args, message) => {
    const { code, out, err } = await run(...args);
    expect(code).toBe(1);
    expect(out).toBe('');
    expect(err).toContain(message);
    expect(err).not.toMatch(/^\s+at /m);
  });
});
