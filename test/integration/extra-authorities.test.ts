import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCertificateAuthority } from '@switchboard/local-stack';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

let directory: string;
let caFile: string;
let server: Server;
let url: string;
const targets: string[] = [];
let refusals = 0;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'authorities-'));
  const authority = await createCertificateAuthority({ directory });
  caFile = authority.file;
  await writeFile(join(directory, 'tokens.json'), '{"tokens":[]}');
  server = createServer(await authority.issue(), (request, response) => {
    targets.push(request.url ?? '');
    response.writeHead(503).end();
  });
  server.on('tlsClientError', () => {
    refusals += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(directory, { recursive: true, force: true });
});

/** Starts an entry with these variables; it ends with the test. */
function start(entry: string, environment: Readonly<Record<string, string>>, args: readonly string[] = []): void {
  targets.length = 0;
  const child = spawn(process.execPath, [fileURLToPath(new URL(`../../${entry}`, import.meta.url)), ...args], {
    cwd: directory,
    env: { PATH: process.env.PATH ?? '', HEALTH_PORT: '0', KAFKA_BROKERS: '127.0.0.1:1', SCHEMA_REGISTRY_URL: url, ...environment },
    stdio: 'ignore',
  });
  onTestFinished(async () => {
    const ended = once(child, 'exit');
    if (child.exitCode === null && child.kill('SIGKILL')) await ended;
  });
}

const SECRETS_KEY = Buffer.alloc(32, 1).toString('base64');

const reached = (path: RegExp) => expect.poll(() => targets.some((target) => path.test(target)), { timeout: 20_000 }).toBe(true);

describe('an authority of EXTRA_CA_FILE', () => {
  it('is trusted by the normalizer for the registry', async () => {
    start('services/normalizer/src/main.ts', { EXTRA_CA_FILE: caFile });
    await reached(/subjects/);
  });

  it('is trusted by delivery for the registry', async () => {
    start('services/delivery/src/main.ts', { EXTRA_CA_FILE: caFile, SECRETS_KEY });
    await reached(/subjects/);
  });

  it('is trusted by the admin for the registry', async () => {
    const ADMIN_TOKENS_FILE = join(directory, 'tokens.json');
    start('services/admin/src/main.ts', { EXTRA_CA_FILE: caFile, ADMIN_PORT: '0', ADMIN_TOKENS_FILE, SECRETS_KEY });
    await reached(/subjects/);
  });

  it('is trusted by the command line for the registry, the admin API and the ingress', async () => {
    const cli = 'packages/cli/src/main.ts';
    start(cli, { EXTRA_CA_FILE: caFile }, ['tail', 'notifications.raw.v1']);
    await reached(/subjects/);
    start(cli, { EXTRA_CA_FILE: caFile, SWITCHBOARD_ADMIN_URL: url, SWITCHBOARD_ADMIN_TOKEN: 'token' }, ['installs', 'list']);
    await reached(/app-installs/);
  });

  it('is trusted by nobody who was not told', async () => {
    const before = refusals;
    start('services/normalizer/src/main.ts', {});
    await expect.poll(() => refusals, { timeout: 20_000 }).toBeGreaterThan(before);
    expect(targets).toEqual([]);
  });
});
