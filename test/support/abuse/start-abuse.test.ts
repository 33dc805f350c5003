import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { checkDescriptorLimit } from './descriptor-limit.ts';
import { forgedRequest } from './forged-requests.ts';
import { serverSockets } from './server-sockets.ts';
import { type AbuseOptions, startAbuse } from './start-abuse.ts';

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const bearer = {
  method: 'POST',
  target: '/bot-framework/app',
  headers: { authorization: `Bearer ${encode({ alg: 'RS256', kid: 'known' })}.${encode({ aud: 'app' })}.c2ln` },
  body: Buffer.from('{"type":"message"}'),
};
const hmac = { ...bearer, target: '/outgoing-webhook?id=contoso', headers: { authorization: 'HMAC bWFj' } };

async function listen(onSocket: (socket: Socket) => void): Promise<{ server: Server; port: number }> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    onSocket(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { server, port: (server.address() as AddressInfo).port };
}

function abuse(port: number, options: Partial<AbuseOptions> = {}) {
  const started = startAbuse({
    mode: 'silent',
    sockets: 3,
    port,
    localAddresses: ['127.0.0.2'],
    templates: [bearer, hmac],
    reconnect: false,
    ...options,
  });
  onTestFinished(started.stop);
  return started;
}

describe('abusers', () => {
  it('hold 3 silent connections from 127.0.0.2', async () => {
    const peers: (string | undefined)[] = [];
    const { port } = await listen((socket) => void peers.push(socket.remoteAddress));
    const { counters } = abuse(port);
    await vi.waitFor(() => expect(counters()).toMatchObject({ open: 3, opened: 3 }));
    expect(peers).toEqual(['127.0.0.2', '127.0.0.2', '127.0.0.2']);
  });

  it('ignore a FIN: the server holds the connection until it destroys it', async () => {
    const sockets: Socket[] = [];
    const { port } = await listen((socket) => {
      sockets.push(socket);
      socket.end();
    });
    const { counters } = abuse(port, { sockets: 2 });
    await vi.waitFor(() => expect(counters()).toMatchObject({ open: 0, finished: 2 }));
    if (process.platform === 'linux') expect((await serverSockets(port)).get('127.0.0.2')).toBe(2);
    for (const socket of sockets) socket.destroy();
    if (process.platform === 'linux') await vi.waitFor(async () => expect((await serverSockets(port)).size).toBe(0));
  });

  it('connect again when they are reset, at most 50 times a second when told so', async () => {
    const { port } = await listen((socket) => socket.resetAndDestroy());
    const { counters } = abuse(port, { sockets: 10, reconnect: true, connectsPerSecond: 50 });
    const startedAt = performance.now();
    await vi.waitFor(() => expect(counters().reset).toBeGreaterThan(20), { timeout: 10_000 });
    expect(counters().reset).toBeLessThan(((performance.now() - startedAt) * 50) / 1_000 + 5);
  });

  it('count a server that does not listen as connect errors', async () => {
    const { server, port } = await listen(() => {});
    server.close();
    const { counters } = abuse(port);
    await vi.waitFor(() => expect(counters()).toMatchObject({ opened: 0, connectErrors: 3, reset: 0 }));
  });

  it('hoard all but the last byte of 1 MiB', async () => {
    let received = 0;
    const { port } = await listen((socket) =>
      socket.on('data', (chunk) => {
        received += chunk.length;
      }),
    );
    abuse(port, { mode: 'hoard-length', sockets: 1 });
    await vi.waitFor(() => expect(received).toBeGreaterThan(1_048_575));
  });
});

describe('a forged request', () => {
  it('keeps header and claims of the token, and carries another wrong signature each time', () => {
    const request = forgedRequest(bearer, 'forged');
    const credentials = [request, request].map((each) => /authorization: Bearer (\S+)/.exec(each.whole().toString('latin1'))?.[1] ?? '');
    const [first = '', second = ''] = credentials;
    const signed = bearer.headers.authorization.slice('Bearer '.length, -'c2ln'.length);
    expect([first.startsWith(signed), second.startsWith(signed), first === second]).toEqual([true, true, false]);
  });

  it('names a random key id where asked to', () => {
    const text = forgedRequest(bearer, 'forged', { unknownKid: true }).whole().toString('latin1');
    const header = JSON.parse(Buffer.from(/Bearer ([^.]+)/.exec(text)?.[1] ?? '', 'base64url').toString());
    expect(header).toMatchObject({ alg: 'RS256', kid: expect.stringMatching(/^[0-9a-f]{32}$/) });
  });

  it.each([
    [bearer, 'unknown-app', 'POST /bot-framework/unknown HTTP/1.1'],
    [hmac, 'unknown-app', 'POST /outgoing-webhook?id=unknown HTTP/1.1'],
    [bearer, 'unknown-route', 'POST /unknown/bot-framework/app HTTP/1.1'],
    [hmac, 'forged', 'POST /outgoing-webhook?id=contoso HTTP/1.1'],
  ] as const)('of the template %j with the claim %s begins with %s', (template, claim, line) => {
    expect(forgedRequest(template, claim).whole().toString('latin1').split('\r\n')[0]).toBe(line);
  });
});

describe('the limit of file descriptors', () => {
  it('refuses 5,000 sockets under a limit of 4,096, and says how many are needed', () => {
    expect(() => checkDescriptorLimit(5_000, 4_096)).toThrow('5000 sockets need 10200 file descriptors, but the limit is 4096');
    expect(() => checkDescriptorLimit(5_000, 20_000)).not.toThrow();
  });
});
