import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type IssuerName, issuerNames, senderNames } from '@switchboard/local-stack';
import { afterAll, beforeAll, describe, expect, it, onTestFailed, onTestFinished } from 'vitest';
import { isSameProcess, type ProcessIdentity } from '../../packages/local-stack/src/host/process-identity.ts';
import { stackFiles } from '../../packages/local-stack/src/stack/stack-files.ts';

const START = fileURLToPath(new URL('../../packages/local-stack/src/start-main.ts', import.meta.url));
/** A start may have to wait for a machine that is busy with other things. */
const TIMEOUT_MS = 300_000;

/** One folder for all starts here, as someone has one who runs `npm start` again and again. */
let dataDir: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'switchboard-start-'));
});

afterAll(() => rm(dataDir, { recursive: true, force: true }));

interface Start {
  readonly child: ChildProcess;
  readonly out: readonly string[];
  readonly err: readonly string[];
  /** Resolves with the exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
  /** Resolves when stdout has a line that begins so; rejects when the process ends before. */
  printed(beginning: string): Promise<void>;
}

/** Runs what `npm start` runs, on the free ports that it finds. It ends with the test, and with the process of the test. */
function start(...args: readonly string[]): Start {
  const child = spawn(process.execPath, [START, ...args], {
    env: { ...process.env, KAFKA_BROKERS: '', SCHEMA_REGISTRY_URL: '', SWITCHBOARD_DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const [out, err]: [string[], string[]] = [[], []];
  const listeners = new Set<(line: string) => void>();
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
    out.push(line);
    for (const listener of listeners) listener(line);
  });
  createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', (line) => err.push(line));
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal));
  });
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  onTestFailed(() => void process.stderr.write(`--- start ${args.join(' ')}\n${[...err, ...out].join('\n')}\n`));
  return {
    child,
    out,
    err,
    ended,
    async printed(beginning) {
      const found = Promise.withResolvers<void>();
      const look = (line: string) => {
        if (line.startsWith(beginning)) found.resolve();
      };
      out.forEach(look);
      listeners.add(look);
      void ended.then((code) => found.reject(new Error(`ended with ${code} before it printed "${beginning}"`)));
      await found.promise.finally(() => listeners.delete(look));
    },
  };
}

/** The lines about deliveries, each as its source; fails where a line says something else than what and how soon. */
function deliveredSources(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => line.startsWith('delivered ')).map((line) => /^delivered (\S+) [\w.]+ \d+ ms$/.exec(line)?.[1] ?? line);
}

/** The processes that a start has noted as its own. */
async function notedProcesses(): Promise<readonly ProcessIdentity[]> {
  const files = (await readdir(dataDir, { recursive: true })).filter((file) => basename(file) === 'process.json');
  return Promise.all(files.map(async (file) => JSON.parse(await readFile(join(dataDir, file), 'utf8')) as ProcessIdentity));
}

function areRunning(processes: readonly ProcessIdentity[]): Promise<readonly boolean[]> {
  return Promise.all(processes.map(isSameProcess));
}

function issuerKey(publicExponent: number): JsonWebKey {
  return generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent }).privateKey.export({ format: 'jwk' });
}

/** Leaves keys behind of which the one that signs for the source UCWA is refused by the ingress, for its exponent. */
async function leaveARefusedKey(): Promise<void> {
  const sound = Object.fromEntries(issuerNames.map((name) => [name, [issuerKey(65_537)]])) as Record<IssuerName, JsonWebKey[]>;
  const file = stackFiles(dataDir).issuerKeys;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify({ ...sound, ucwa: [issuerKey(3), ...sound.ucwa] }));
  onTestFinished(() => rm(file));
}

describe('npm start', () => {
  it('with --once delivers one notification of every source and ends with 0', { timeout: TIMEOUT_MS }, async () => {
    const { out, ended } = start('--once');
    expect(await ended).toBe(0);
    expect(deliveredSources(out)).toEqual(senderNames);
    expect(out).toHaveLength(senderNames.length);
  });

  it('with --once ends with 1 and the reason when the notification of one source does not arrive', { timeout: TIMEOUT_MS }, async () => {
    await leaveARefusedKey();
    const { out, err, ended } = start('--once');
    expect(await ended).toBe(1);
    expect(deliveredSources(out)).toEqual(senderNames.filter((name) => name !== 'ucwa'));
    expect(err.filter((line) => line.startsWith('not delivered'))).toEqual(['not delivered ucwa: its notification became no event']);
  });

  it('runs on until Ctrl-C, and then ends with 0 and leaves nothing running', { timeout: TIMEOUT_MS }, async () => {
    const { child, out, err, ended, printed } = start();
    await printed('  npm run switchboard -- --help');
    expect(deliveredSources(out)).toEqual(senderNames);
    expect(existsSync(stackFiles(dataDir).environment)).toBe(true);
    const processes = await notedProcesses();
    // Kafka, the registry and the four services.
    expect(await areRunning(processes)).toEqual(Array(6).fill(true));

    child.kill('SIGINT');
    expect(await ended).toBe(0);
    expect(err.at(-1)).toBe('Stopping');
    expect(await areRunning(processes)).not.toContain(true);
    expect(existsSync(stackFiles(dataDir).environment)).toBe(false);
  });

  it('refuses an argument that it does not know', async () => {
    const { err, ended } = start('--twice');
    expect(await ended).toBe(2);
    expect(err).toEqual(['unknown argument --twice; there is --once']);
  });
});
