import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { trustAuthorities } from '@switchboard/runtime';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createAddressRule } from './address-rule.ts';
import { createHttpClient, type HttpClient, type HttpClientOptions } from './http-client.ts';
import type { ResolveHost } from './resolve-host.ts';
import { createTestAuthority, type TestAuthority } from './testing/test-authority.ts';
import { startTestReceiver, status, type TestReceiver } from './testing/test-receiver.ts';

// Attempts are real and the machine may be busy.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let authority: TestAuthority;
let receiver: TestReceiver;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  authority = await createTestAuthority();
});

beforeEach(async () => {
  receiver = await startTestReceiver(await authority.issue());
  stops.push(() => receiver.stop());
});

afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

afterAll(() => {
  expect(stops).toEqual([]);
});

function httpClient(options: Partial<HttpClientOptions> = {}): HttpClient {
  const created = createHttpClient({
    rule: createAddressRule(['127.0.0.0/8', '::1']),
    authorities: [authority.pem],
    budgetMs: 10_000,
    ...options,
  });
  stops.push(() => created.stop());
  return created;
}

function request(endpoint: string, wantedBodyBytes = 0) {
  const { origin, pathname, search } = new URL(endpoint);
  const headers = ['content-type', 'application/json', 'x-own', 'yes'];
  return { origin, path: `${pathname}${search}`, headers, body: Buffer.from('{"a":"ü"}'), wantedBodyBytes };
}

describe('what is sent', () => {
  it('posts the body, path, query and headers as given', async () => {
    const outcome = await httpClient().send(request(`${receiver.url}/in/x?key=1`));
    expect(outcome).toMatchObject({ kind: 'answered', status: 200 });
    expect(receiver.requests).toEqual([
      { path: '/in/x?key=1', body: '{"a":"ü"}', headers: expect.objectContaining({ 'x-own': 'yes', 'content-length': '10' }) },
    ]);
  });

  it('uses connections again', async () => {
    const one = httpClient();
    for (let n = 0; n < 5; n++) await one.send(request(receiver.url));
    expect(receiver.requests).toHaveLength(5);
    expect(receiver.connections()).toBeLessThan(5);
  });
});

describe('what an answer means', () => {
  it.each([200, 201, 202, 204, 206, 300, 301, 302, 303, 304, 307, 308, 400, 401, 404, 410, 429, 500, 503, 599])(
    'reports status %i as it came, and follows no redirect',
    async (code) => {
      const target = await startTestReceiver(await authority.issue());
      stops.push(() => target.stop());
      receiver.answer(status(code, { location: target.url }));
      const outcome = await httpClient().send(request(receiver.url));
      expect(outcome).toMatchObject({ kind: 'answered', status: code });
      expect(target.connections()).toBe(0);
      expect(receiver.requests).toHaveLength(1);
    },
  );

  it('reads Retry-After in seconds', async () => {
    receiver.answer(status(503, { 'retry-after': '7' }));
    expect(await httpClient().send(request(receiver.url))).toMatchObject({ status: 503, retryAfterMs: 7_000 });
  });

  it('takes the final status after 103, and its Retry-After', async () => {
    receiver.answer((_received, response) => {
      response.writeEarlyHints({ link: '</a>; rel=preload', 'retry-after': '9' });
      response.writeHead(503, { 'retry-after': '2' }).end();
    });
    expect(await httpClient().send(request(receiver.url))).toMatchObject({ kind: 'answered', status: 503, retryAfterMs: 2_000 });
  });

  it('gives an empty body where one is wanted and the response has none', async () => {
    const outcome = await httpClient().send(request(receiver.url, 65_536));
    expect(outcome).toMatchObject({ kind: 'answered', status: 200, body: Buffer.alloc(0) });
  });

  it('joins a wanted body that arrives in pieces, and gives null for an unwanted one', async () => {
    receiver.answer((_received, response) => {
      response.writeHead(200).write('{"type":');
      setTimeout(() => response.end('"message"}'), 20);
    });
    expect(await httpClient().send(request(receiver.url, 65_536))).toMatchObject({ status: 200, body: Buffer.from('{"type":"message"}') });
    expect(await httpClient().send(request(receiver.url))).toMatchObject({ status: 200, body: null });
  });

  it('hands over the body that is wanted, compressed as it came', async () => {
    const compressed = gzipSync('{"type":"message"}');
    receiver.answer((_received, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(compressed));
    expect(await httpClient().send(request(receiver.url, 65_536))).toMatchObject({ status: 200, body: compressed });
  });
});

describe('endpoints that misbehave', () => {
  it('fails with a timeout when the endpoint accepts and never answers', async () => {
    receiver.answer(() => {});
    expect(await httpClient({ budgetMs: 150 }).send(request(receiver.url))).toMatchObject({ kind: 'failed', code: 'ERR_ATTEMPT_TIMEOUT' });
  });

  it('fails with a timeout when the endpoint never finishes the handshake', async () => {
    const drip = createServer((socket) => {
      socket.on('error', () => {}).resume();
    });
    await new Promise<void>((resolve) => drip.listen(0, '127.0.0.1', resolve));
    stops.push(() => new Promise((resolve) => drip.close(() => resolve())));
    const { port } = drip.address() as AddressInfo;
    const outcome = await httpClient({ budgetMs: 150 }).send(request(`https://127.0.0.1:${port}/`));
    expect(outcome).toMatchObject({ kind: 'failed', code: 'ERR_ATTEMPT_TIMEOUT' });
  });

  it('fails with a timeout when header lines come one by one', async () => {
    receiver.answer((_received, response) => {
      const { socket } = response;
      socket?.write('HTTP/1.1 200 OK\r\n');
      const timer = setInterval(() => socket?.write('x-drip: 1\r\n'), 20);
      socket?.on('close', () => clearInterval(timer));
    });
    expect(await httpClient({ budgetMs: 200 }).send(request(receiver.url))).toMatchObject({ kind: 'failed', code: 'ERR_ATTEMPT_TIMEOUT' });
  });

  it('fails with a timeout when 103 comes every 20 ms and no final status does', async () => {
    receiver.answer((_received, response) => {
      const timer = setInterval(() => response.writeEarlyHints({ link: '</a>; rel=preload' }), 20);
      response.on('close', () => clearInterval(timer));
    });
    expect(await httpClient({ budgetMs: 200 }).send(request(receiver.url))).toMatchObject({ kind: 'failed', code: 'ERR_ATTEMPT_TIMEOUT' });
  });

  it('decides by the status line when the body never ends', async () => {
    receiver.answer((_received, response) => {
      response.writeHead(200).write('x');
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    });
    expect(await httpClient({ bodyBudgetMs: 100 }).send(request(receiver.url, 65_536))).toMatchObject({ status: 200, body: null });
  });

  it('decides by the status line when the connection is cut within the body', async () => {
    receiver.answer((_received, response) => {
      response.writeHead(201, { 'content-length': '10' }).write('12345', () => response.socket?.destroy());
    });
    expect(await httpClient().send(request(receiver.url, 65_536))).toMatchObject({ kind: 'answered', status: 201, body: null });
  });

  it('gives a body of 65,536 bytes, and null for one of 65,537', async () => {
    for (const [bytes, length] of [
      [65_536, 65_536],
      [65_537, undefined],
    ] as const) {
      receiver.answer((_received, response) => response.writeHead(200).end(Buffer.alloc(bytes)));
      const outcome = await httpClient().send(request(receiver.url, 65_536));
      expect(outcome.kind === 'answered' ? outcome.body?.length : outcome).toBe(length);
    }
  });

  it.each([
    ['of no body', ['']],
    ['of a body that is shorter', ['too ', 'many']],
    ['of a longer body, in any parts', ['x'.repeat(1_000), 'y'.repeat(1_000), 'z'.repeat(20_000)]],
  ])('gives the first 1,024 bytes %s, also where the body is not wanted', async (_name, parts) => {
    receiver.answer(async (_received, response) => {
      response.writeHead(500);
      for (const part of parts) await new Promise<void>((resolve) => response.write(part, () => resolve()));
      response.end();
    });
    const whole = parts.join('');
    const excerpt = whole === '' ? null : Buffer.from(whole.slice(0, 1_024));
    expect(await httpClient().send(request(receiver.url))).toMatchObject({ status: 500, excerpt, body: null });
  });

  it('reads a huge body only to its bound and drops the connection', async () => {
    let written = 0;
    const closed = new Promise<void>((resolve) => {
      receiver.answer((_received, response) => {
        response.writeHead(200);
        const block = Buffer.alloc(65_536);
        const write = () => {
          while (!response.destroyed && response.write(block)) written += block.length;
        };
        response.on('drain', write).on('close', resolve);
        write();
      });
    });
    expect(await httpClient().send(request(receiver.url))).toMatchObject({ kind: 'answered', status: 200 });
    await closed;
    expect(written).toBeLessThan(100_000_000);
  });

  it('fails when headers exceed their bound', async () => {
    receiver.answer((_received, response) => {
      response.socket?.write(`HTTP/1.1 200 OK\r\nx-large: ${'x'.repeat(40_000)}\r\n\r\n`);
    });
    expect(await httpClient().send(request(receiver.url))).toMatchObject({ kind: 'failed', code: 'ERR_ATTEMPT_MALFORMED_ANSWER' });
  });

  it('fails when the answer is no HTTP', async () => {
    receiver.answer((_received, response) => {
      response.socket?.end('SMTP ready\r\n\r\n');
    });
    expect(await httpClient().send(request(receiver.url))).toMatchObject({ kind: 'failed', code: 'ERR_ATTEMPT_MALFORMED_ANSWER' });
  });

  it('fails when the connection is cut before the answer', async () => {
    receiver.answer((_received, response) => response.socket?.destroy());
    expect(await httpClient().send(request(receiver.url))).toMatchObject({ kind: 'failed', code: 'ERR_ATTEMPT_CONNECTION_LOST' });
  });

  it('fails to connect where nobody listens', async () => {
    const { url } = receiver;
    await receiver.stop();
    expect(await httpClient().send(request(url))).toMatchObject({ kind: 'failed', code: 'ERR_ATTEMPT_CONNECT' });
  });
});

describe('certificates', () => {
  it('trusts what its process trusts, given authorities of its own or not', async () => {
    const before = getCACertificates('default');
    onTestFinished(() => setDefaultCACertificates(before));
    trustAuthorities(authority.pem);
    const other = await createTestAuthority();
    for (const authorities of [[], [other.pem]]) {
      expect(await httpClient({ authorities }).send(request(receiver.url))).toMatchObject({ kind: 'answered', status: 200 });
    }
  });

  it('refuses an authority that it was not told of', async () => {
    const outcome = await httpClient({ authorities: [] }).send(request(receiver.url));
    expect(outcome).toMatchObject({ kind: 'failed', code: 'ERR_ATTEMPT_TLS_UNTRUSTED' });
    expect(receiver.requests).toEqual([]);
  });

  it('refuses another name', async () => {
    const other = await startTestReceiver(await authority.issue({ names: ['other.example'], addresses: [] }));
    stops.push(() => other.stop());
    expect(await httpClient().send(request(other.url))).toMatchObject({ kind: 'failed', code: 'ERR_ATTEMPT_TLS_NAME' });
    expect(other.requests).toEqual([]);
  });

  it('refuses an expired one', async () => {
    const expired = await startTestReceiver(await authority.issue({ notAfter: new Date(Date.now() - 1_000) }));
    stops.push(() => expired.stop());
    expect(await httpClient().send(request(expired.url))).toMatchObject({ kind: 'failed', code: 'ERR_ATTEMPT_TLS_EXPIRED' });
  });

  it('verifies the host name although it connects to the resolved address', async () => {
    const named = await startTestReceiver(await authority.issue({ names: ['hooks.example'], addresses: [] }));
    stops.push(() => named.stop());
    const resolve: ResolveHost = async () => [{ address: '127.0.0.1', family: 4 }];
    const outcome = await httpClient({ resolve }).send(request(named.url.replace('127.0.0.1', 'hooks.example')));
    expect(outcome).toMatchObject({ kind: 'answered', status: 200 });
    expect(named.requests[0]?.headers.host).toMatch(/^hooks\.example:/);
  });
});

describe('the address rule at the connect', () => {
  const strict = createAddressRule();

  it.each([
    'https://127.0.0.1',
    'https://2130706433',
    'https://0x7f.1',
    'https://0177.0.0.1',
    'https://[::1]',
    'https://[::ffff:127.0.0.1]',
  ])('sends no byte to %s', async (origin) => {
    const { port } = new URL(receiver.url);
    const outcome = await httpClient({ rule: strict }).send(request(`${origin}:${port}/`));
    expect(outcome).toMatchObject({ kind: 'failed', code: 'ERR_ATTEMPT_ADDRESS_REFUSED' });
    expect(receiver.connections()).toBe(0);
  });

  it('sends no byte to a name when any of its addresses is refused', async () => {
    const resolve: ResolveHost = async () => [
      { address: '127.0.0.1', family: 4 },
      { address: '10.0.0.1', family: 4 },
    ];
    const outcome = await httpClient({ resolve }).send(request(receiver.url.replace('127.0.0.1', 'hooks.example')));
    expect(outcome).toMatchObject({ kind: 'failed', code: 'ERR_ATTEMPT_ADDRESS_REFUSED' });
    expect(receiver.connections()).toBe(0);
  });

  it('asks the name once: a second, private answer is never connected to', async () => {
    let asked = 0;
    const named = await startTestReceiver(await authority.issue({ names: ['hooks.example'] }));
    stops.push(() => named.stop());
    const resolve: ResolveHost = async () => [{ address: ++asked === 1 ? '127.0.0.1' : '10.0.0.1', family: 4 }];
    expect(await httpClient({ resolve }).send(request(named.url.replace('127.0.0.1', 'hooks.example')))).toMatchObject({ status: 200 });
    expect(asked).toBe(1);
  });

  it('refuses http: without connecting', async () => {
    const outcome = await httpClient().send(request(receiver.url.replace('https:', 'http:')));
    expect(outcome).toMatchObject({ kind: 'failed', code: 'ERR_ATTEMPT_ADDRESS_REFUSED' });
    expect(receiver.connections()).toBe(0);
  });

  it('names a resolver failure', async () => {
    const resolve: ResolveHost = async () => {
      throw Object.assign(new Error('no such host'), { code: 'ENOTFOUND' });
    };
    expect(await httpClient({ resolve }).send(request('https://hooks.example/'))).toMatchObject({
      kind: 'failed',
      code: 'ERR_ATTEMPT_DNS',
    });
  });

  it('names a resolver that never answers a timeout', async () => {
    const resolve: ResolveHost = () => new Promise(() => {});
    const outcome = await httpClient({ resolve, budgetMs: 100 }).send(request('https://hooks.example/'));
    expect(outcome).toMatchObject({ kind: 'failed', code: 'ERR_ATTEMPT_TIMEOUT' });
  });
});
