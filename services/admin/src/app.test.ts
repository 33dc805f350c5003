import { createHash, X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { createMemoryWriter } from '@switchboard/app-installs/testing';
import { CodecError, createOfflineCodec, topics } from '@switchboard/contracts';
import { createMemoryLog } from '@switchboard/event-log';
import { createMetrics, hostService, silentLogger } from '@switchboard/runtime';
import { createTestAuthority } from '@switchboard/webhooks/testing';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startAdmin } from './app.ts';
import { adminConfig } from './config.ts';
import { exampleDocument } from './testing/admin-rig.ts';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'switchboard-admin-'));
});

afterAll(() => rm(directory, { recursive: true }));

type Failures = Partial<Record<'codec' | 'reader', Error[]>>;

const registryAway = () => new CodecError('ERR_CODEC_REGISTRY_UNAVAILABLE', 'away');
/** As kafkajs marks failures that may pass. */
const kafkaAway = () => Object.assign(new Error('no broker'), { retriable: true });

interface Start {
  readonly tokens: object;
  readonly failures?: Failures;
  readonly signal?: AbortSignal;
  readonly variables?: Readonly<Record<string, string>>;
}

async function start({ tokens, failures = {}, signal, variables = {} }: Start) {
  const tokensFile = join(directory, 'tokens.json');
  await writeFile(tokensFile, JSON.stringify(tokens));
  const read = adminConfig.read({ ADMIN_TOKENS_FILE: tokensFile, SECRETS_KEY: 'a1'.repeat(32), ...variables });
  if (!read.ok) throw new Error(read.problems.join('\n'));
  const memory = createMemoryLog({ topics: Object.values(topics) });
  const writes = await memory.appender();
  const unless = <Value>(what: keyof Failures, make: () => Promise<Value>): Promise<Value> => {
    const failure = failures[what]?.shift();
    return failure === undefined ? make() : Promise.reject(failure);
  };
  return hostService({
    config: { ...read.config, healthPort: 0, adminPort: 0 },
    log: {
      reader: (options) => unless('reader', () => memory.reader(options)),
      admin: memory.admin,
      fencedWriter: async () => createMemoryWriter(writes),
    },
    connectRegistry: () => unless('codec', async () => createOfflineCodec()),
    logger: silentLogger,
    metrics: createMetrics('admin'),
    signal: signal ?? new AbortController().signal,
    start: startAdmin,
  });
}

/** Status and certificate of a request over a new connection. */
function certificateOf(port: number, ca: string): Promise<{ readonly status: number | undefined; readonly serial: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number | undefined; serial: string }>();
  const sent = request({ host: '127.0.0.1', port, path: '/v1/app-installs', ca, agent: false }, (response) => {
    const { serialNumber } = (response.socket as TLSSocket).getPeerCertificate();
    response.resume().on('end', () => resolve({ status: response.statusCode, serial: serialNumber }));
  });
  sent.on('error', reject).end();
  return promise;
}

const tokens = { tokens: [{ name: 'ops', role: 'operator', sha256: createHash('sha256').update('token').digest('hex') }] };

describe('the admin', () => {
  it.each<[string, Failures]>([
    ['the registry', { codec: [registryAway(), registryAway()] }],
    ['Kafka', { reader: [kafkaAway(), kafkaAway()] }],
  ])('starts while %s is away, and serves app installs once it is back', async (_what, failures) => {
    const service = await start({ tokens, failures });
    expect(Object.values(failures).flat()).toEqual([]);
    expect((await fetch(`http://127.0.0.1:${service.healthPort}/readyz`)).status).toBe(200);
    const response = await fetch(`http://127.0.0.1:${service.adminPort}/v1/app-installs/a`, {
      method: 'PUT',
      headers: { authorization: 'Bearer token', 'content-type': 'application/json' },
      body: JSON.stringify(exampleDocument()),
    });
    expect(response.status).toBe(201);
    await service.stop();
    await expect(fetch(`http://127.0.0.1:${service.adminPort}/v1/app-installs`)).rejects.toThrow();
  });

  it('serves the API over HTTPS only, new connections with a certificate that was replaced, and keeps it while one file is replaced', async () => {
    const files = { ADMIN_TLS_CERT_FILE: join(directory, 'cert.pem'), ADMIN_TLS_KEY_FILE: join(directory, 'key.pem') };
    const authority = await createTestAuthority();
    const [first, second, third] = [await authority.issue(), await authority.issue(), await authority.issue()];
    const put = (name: keyof typeof files, pem: string) => writeFile(files[name], pem);
    await Promise.all([put('ADMIN_TLS_CERT_FILE', first.cert), put('ADMIN_TLS_KEY_FILE', first.key)]);
    const service = await start({ tokens, variables: { ...files, ADMIN_TOKENS_POLL_MS: '50' } });
    onTestFinished(() => service.stop());
    const shown = () => certificateOf(service.adminPort, authority.pem);
    const serial = ({ cert }: { cert: string }) => new X509Certificate(cert).serialNumber;
    expect(await shown()).toEqual({ status: 401, serial: serial(first) });
    await expect(fetch(`http://127.0.0.1:${service.adminPort}/v1/app-installs`)).rejects.toThrow();
    await put('ADMIN_TLS_CERT_FILE', second.cert);
    expect(await shown()).toEqual({ status: 401, serial: serial(first) });
    await put('ADMIN_TLS_KEY_FILE', second.key);
    await expect.poll(shown).toEqual({ status: 401, serial: serial(second) });
    await put('ADMIN_TLS_KEY_FILE', third.key);
    expect(await shown()).toEqual({ status: 401, serial: serial(second) });
  });

  it('does not start with a tokens file that breaks a rule, and names the rule', async () => {
    await expect(start({ tokens: { tokens: [{ name: 'ops', role: 'root', sha256: '' }] } })).rejects.toThrow(
      /^ADMIN_TOKENS_FILE has 2 problem\(s\): .*tokens\[0\]\.role must be "reader" or "editor" or "operator"/,
    );
  });

  it('stops while it waits for Kafka', async () => {
    const end = new AbortController();
    const started = start({ tokens, failures: { reader: Array.from({ length: 100 }, kafkaAway) }, signal: end.signal });
    setTimeout(() => end.abort(new Error('ended')), 20);
    await expect(started).rejects.toThrow('ended');
  });
});
