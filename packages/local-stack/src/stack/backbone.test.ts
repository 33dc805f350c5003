import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { testDirectory } from '../testing/directory.ts';
import { startBackbone } from './backbone.ts';

const TLS_HANDSHAKE = 0x16;

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  onTestFinished(() => void vi.unstubAllEnvs());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A broker and a registry that note how they are spoken to, and refuse it. */
async function given() {
  const firstBytes = new Set<number | undefined>();
  const authorizations = new Set<string | undefined>();
  const broker = await listen(
    createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', (bytes) => {
        firstBytes.add(bytes[0]);
        socket.destroy();
      });
    }),
  );
  const registry = await listen(
    createHttpServer((request, response) => {
      authorizations.add(request.headers.authorization);
      response.writeHead(401).end('{}');
    }),
  );
  return { broker, registryUrl: `http://${registry}`, firstBytes, authorizations };
}

const files = { kafka: '/nowhere/kafka', registry: '/nowhere/registry' };

describe('a given backbone', () => {
  it('is spoken to as the environment says: TLS to the brokers, credentials to the registry', { timeout: 30_000 }, async () => {
    const { broker, registryUrl, firstBytes, authorizations } = await given();
    const password = join(await testDirectory(), 'auth');
    await writeFile(password, 'user:pass:word\n');
    vi.stubEnv('KAFKA_BROKERS', broker);
    vi.stubEnv('KAFKA_SSL', 'true');
    vi.stubEnv('SCHEMA_REGISTRY_URL', registryUrl);
    vi.stubEnv('SCHEMA_REGISTRY_AUTH_FILE', password);
    await expect(startBackbone({ files })).rejects.toThrow();
    await vi.waitFor(() => expect([...firstBytes]).toEqual([TLS_HANDSHAKE]), 10_000);
    expect([...authorizations]).toEqual([`Basic ${Buffer.from('user:pass:word').toString('base64')}`]);
  });

  it('is not begun with when the environment is half set, and every problem is said', async () => {
    const { broker, registryUrl, firstBytes, authorizations } = await given();
    vi.stubEnv('KAFKA_BROKERS', broker);
    vi.stubEnv('KAFKA_SASL_USERNAME', 'user');
    vi.stubEnv('SCHEMA_REGISTRY_URL', registryUrl);
    await expect(startBackbone({ files })).rejects.toMatchObject({
      code: 'ERR_STACK_CONFIG',
      message: expect.stringContaining('KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD: must be set together'),
    });
    expect([firstBytes.size, authorizations.size]).toEqual([0, 0]);
  });
});
