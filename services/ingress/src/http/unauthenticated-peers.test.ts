import { afterEach, describe, expect, it } from 'vitest';
import { type RawClient, rawClient } from '../testing/raw-client.ts';
import { startTestIngress, type TestIngress, type TestIngressOptions, until } from '../testing/start-ingress.ts';

let ingress: TestIngress;
let clients: RawClient[] = [];
afterEach(async () => {
  for (const client of clients) client.destroy();
  clients = [];
  await ingress.stop();
});

async function start(config: TestIngressOptions['config'] = {}): Promise<void> {
  ingress = await startTestIngress({ config });
}

async function open(bytes = '', localAddress?: string): Promise<RawClient> {
  const client = await rawClient(ingress.app.port, bytes, localAddress);
  clients.push(client);
  return client;
}

async function gauge(name: string): Promise<number> {
  return Number((await ingress.metric(new RegExp(`^${name}\\{`)))?.split(' ').at(-1));
}

/** The connections of the test's own clients, and no other. */
const openConnections = () => gauge('ingress_connections');
const head = (credential: string, rest = 'Content-Length: 3', target = '/test/alpha') =>
  `POST ${target} HTTP/1.1\r\nHost: a\r\nAuthorization: ${credential}\r\n${rest}\r\n\r\n`;
const genuine = `${head('Bearer alpha-word')}new`;
const hook = '/hook?id=alpha';

describe('a peer that ignores the FIN', () => {
  it.each(
    (
      [
        ['a wrong token whose body never arrives', head('Bearer wrong', 'Content-Length: 1000000'), 401],
        ['no token', 'POST /test/alpha HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nnew', 401],
        ['an unknown app', head('Bearer wrong', 'Content-Length: 3', '/test/gamma'), 401],
        ['an unknown route', head('Bearer wrong', 'Content-Length: 3', '/nowhere'), 404],
        ['no key set to judge by', head('Bearer keys'), 503],
        ['a probe', 'GET /test/alpha HTTP/1.1\r\nHost: a\r\n\r\n', 200],
        ['bytes that are not HTTP', 'garbage\r\n\r\n', 400],
        ['half a head', 'POST /test/alpha HTTP/1.1\r\nHost:', 408],
        ['not a byte', '', 408],
        ['a body below 1 kB/s whose MAC cannot be verified yet', `${head('Body', 'Content-Length: 3000', hook)}new`, 408],
        ['a MAC that does not fit its body', `${head('Body', 'Content-Length: 3', hook)}new`, 401],
      ] satisfies [string, string, number][]
    ).map(([name, bytes, status]) => ({ name, bytes, status })),
  )('is destroyed after $name: $status', async ({ bytes, status }) => {
    await start({ headersTimeoutMs: 300, requestTimeoutMs: 10_000 });
    const client = await open(bytes);
    await until(() => client.statuses().length === 1 && client.ended());
    expect(client.statuses()).toEqual([status]);
    expect(client.received().toLowerCase()).toContain('connection: close');
    await until(async () => (await openConnections()) === 0);
    expect([await gauge('ingress_unauthenticated_requests'), await gauge('ingress_unauthenticated_bytes')]).toEqual([0, 0]);
  });

  it('and pipelines requests without reading the responses is destroyed too, and only its first request is served', async () => {
    await start();
    const client = await open('');
    client.socket.pause();
    client.socket.write(head('Bearer wrong', 'Content-Length: 0').repeat(500));
    await until(async () => (await gauge('ingress_connections')) === 0);
    expect(Number((await ingress.metric(/^ingress_requests_total.*TOKEN_SIGNATURE/))?.split(' ').at(-1))).toBe(1);
  });
});

describe('a refused peer that sends on', () => {
  it('is reset where its whole request had arrived: its socket does not linger', async () => {
    await start();
    const client = await open(`${head('Bearer wrong')}new`);
    let reset = false;
    client.socket.on('error', () => {
      reset = true;
    });
    await until(() => client.ended());
    expect(client.statuses()).toEqual([401]);
    // Two bytes at most: the first has no answer but the reset, which a client that has read the end notices at its next write.
    client.socket.write('x');
    await new Promise((resolve) => setTimeout(resolve, 50));
    client.socket.write('x');
    await until(() => reset);
  });

  it('is read from until its declared body has arrived, and has its response', async () => {
    await start();
    const client = await open(head('Bearer wrong', 'Content-Length: 30000'));
    await until(() => client.ended());
    for (let part = 0; part < 3; part += 1) client.socket.write('x'.repeat(10_000));
    await new Promise((resolve) => client.socket.write('', resolve));
    expect([client.statuses(), client.received().endsWith('{"error":"unauthorized"}')]).toEqual([[401], true]);
    await until(async () => (await openConnections()) === 0);
  });
});

describe('a packet of 2,300 requests', () => {
  it('is not parsed to its end, and its connection is destroyed', async () => {
    await start();
    const client = await open('GET /x HTTP/1.1\r\nHost:a\r\n\r\n'.repeat(2_300));
    await until(() => client.ended());
    await until(async () => (await openConnections()) === 0);
    const counted = Number((await ingress.metric(/^ingress_requests_total.*ERR_INGRESS_ROUTE/))?.split(' ').at(-1) ?? 0);
    expect(counted).toBeLessThanOrEqual(1);
    expect(await gauge('ingress_unauthenticated_requests')).toBe(0);
  });
});

describe('a sender that disconnects', () => {
  it.each<[string, string, string]>([
    ['while it is authenticated', head('Bearer slow'), ''],
    ['while its body is awaited', head('Bearer alpha-word', 'Content-Length: 30'), 'ne'],
    ['while its MAC is awaited', head('Body', 'Content-Length: 30', hook), 'ne'],
    ['while a large body waits for room', head('Body', 'Content-Length: 1000000', hook), 'ne'],
  ])('leaves its place: %s', async (_name, first, then) => {
    await start({ maxInFlightRequests: 10, maxUnauthenticatedBytes: 1_048_576 });
    const leaving = [];
    for (let count = 0; count < 20; count += 1) leaving.push(await open(first + then));
    await until(async () => (await gauge('ingress_connections')) > 0);
    await new Promise((resolve) => setTimeout(resolve, 50));
    for (const client of leaving) client.socket.resetAndDestroy();
    await until(async () => (await openConnections()) === 0);
    // Authentication that was under way has ended by then.
    await new Promise((resolve) => setTimeout(resolve, 300));
    const places = [
      'ingress_requests_in_flight',
      'ingress_request_bytes_in_flight',
      'ingress_unauthenticated_requests',
      'ingress_unauthenticated_bytes',
    ];
    expect(await Promise.all(places.map(gauge))).toEqual([0, 0, 0, 0]);
    expect((await ingress.post('/test/alpha', 'new', { authorization: 'Bearer alpha-word' })).status).toBe(202);
  });

  it('or is evicted while it is authenticated leaves its place too', async () => {
    await start({ maxInFlightRequests: 10, maxConnections: 5 });
    for (let count = 0; count < 60; count += 1) await open(head('Bearer slow'));
    await new Promise((resolve) => setTimeout(resolve, 400));
    for (const client of clients) client.destroy();
    await until(async () => (await openConnections()) === 0);
    expect(await gauge('ingress_requests_in_flight')).toBe(0);
  });
});

describe('a request behind one whose response is due', () => {
  it('that is refused gets its 401 after that response', async () => {
    await start();
    const client = await open(`${head('Bearer alpha-word', 'Content-Length: 3', hook)}new`);
    await until(() => ingress.log.stored.length === 1);
    client.socket.write(head('Bearer wrong', 'Content-Length: 0'));
    await until(() => client.statuses().length === 2 && client.ended());
    expect(client.statuses()).toEqual([200, 401]);
    await until(async () => (await openConnections()) === 0);
  });

  it('that cannot be parsed gets no response, and that response is the last', async () => {
    await start();
    const client = await open(`${head('Bearer alpha-word', 'Content-Length: 3', hook)}new`);
    await until(() => ingress.log.stored.length === 1);
    client.socket.write('garbage\r\n\r\n');
    await until(() => client.ended());
    expect(client.statuses()).toEqual([200]);
    expect(client.received().toLowerCase()).toContain('connection: close');
    await until(async () => (await openConnections()) === 0);
  });
});

describe('a refused request', () => {
  it.each<[string, string, number, string]>([
    ['a broken chunk in its body', `${head('Bearer alpha-word', 'Transfer-Encoding: chunked')}zz\r\n`, 400, 'ERR_INGRESS_HTTP'],
    ['a body that stops', `${head('Bearer alpha-word', 'Content-Length: 30')}new`, 408, 'ERR_INGRESS_TIMEOUT'],
    ['an expectation that no server meets', head('Bearer alpha-word', 'Expect: a miracle\r\nContent-Length: 3'), 417, 'ERR_INGRESS_HTTP'],
    ['no Host header', 'POST /test/alpha HTTP/1.1\r\nContent-Length: 3\r\n\r\nnew', 400, 'ERR_INGRESS_HTTP'],
  ])('leaves one line and one count: %s', async (_name, bytes, status, code) => {
    await start({ headersTimeoutMs: 300, requestTimeoutMs: 300 });
    const client = await open(bytes);
    await until(() => client.ended());
    await until(async () => (await openConnections()) === 0);
    expect(client.statuses()).toEqual([status]);
    const refusals = ingress.lines
      .map((line) => JSON.parse(line) as { readonly code?: string; readonly requestId?: string })
      .filter((line) => line.code);
    expect(refusals.map((line) => line.code)).toEqual([code]);
    expect(refusals[0]?.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(await ingress.metric(new RegExp(`^ingress_refusals_total\\{.*${code}`))).toMatch(/ 1$/);
  });

  it('gets its 401 before it has sent its body, and while it still sends it', async () => {
    await start();
    const silent = await open(head('Bearer wrong', 'Content-Length: 1000000'));
    await until(() => silent.statuses().length === 1);
    const sending = await open(`${head('Bearer wrong', 'Content-Length: 60000')}${'x'.repeat(30_000)}`);
    await until(() => sending.statuses().length === 1);
    expect([silent.statuses(), sending.statuses()]).toEqual([[401], [401]]);
    expect(await gauge('ingress_request_bytes_in_flight')).toBe(0);
  });
});

describe('at the cap of 5 connections', () => {
  it('the oldest connection that authenticated nothing is closed for a new one, and authenticated ones are kept', async () => {
    await start({ maxConnections: 5 });
    const kept = await open(genuine);
    await until(() => kept.statuses().length === 1);
    const silent: RawClient[] = [];
    for (let count = 0; count < 6; count += 1) silent.push(await open());
    await until(() => silent.filter((client) => client.ended()).length === 2);
    expect(silent.map((client) => client.ended())).toEqual([true, true, false, false, false, false]);
    const fresh = await open(genuine);
    await until(() => fresh.statuses().length === 1);
    kept.socket.write(genuine);
    await until(() => kept.statuses().length === 2);
    expect([kept.statuses(), fresh.statuses()]).toEqual([[202, 202], [202]]);
    expect(await openConnections()).toBeLessThanOrEqual(5);
    expect(await ingress.metric(/^ingress_evictions_total\{what="connection"/)).toBeDefined();
  });
});

describe('bodies that cannot be judged yet', () => {
  it('share 2 places: the oldest gets 503 for a third, and a genuine sender is served', async () => {
    await start({ maxUnauthenticatedRequests: 2 });
    const waiting: RawClient[] = [];
    for (let count = 0; count < 3; count += 1) waiting.push(await open(`${head('Body', 'Content-Length: 30', hook)}new`));
    await until(() => waiting[0]?.statuses().length === 1);
    expect(waiting.map((client) => client.statuses())).toEqual([[503], [], []]);
    const body = 'new signed alpha-word';
    const response = await ingress.post(hook, body, { authorization: 'Body' });
    expect(response.status).toBe(200);
    expect(ingress.raw().at(-1)?.body.toString()).toBe(body);
  });

  it('share 2 MiB: the oldest large one is evicted, its bytes are given back at once, and small ones keep their place', async () => {
    await start({ maxUnauthenticatedBytes: 2_097_152, maxUnauthenticatedRequests: 8 });
    const small = await open(`${head('Body', 'Content-Length: 22', hook)}new`);
    const hoard = () => open(`${head('Body', 'Content-Length: 900000', hook)}${'x'.repeat(800_000)}`);
    const first = await hoard();
    await until(async () => (await gauge('ingress_unauthenticated_bytes')) >= 800_000);
    const second = await hoard();
    await until(() => first.statuses().length === 1);
    await until(async () => (await gauge('ingress_unauthenticated_bytes')) >= 800_000);
    expect(await gauge('ingress_unauthenticated_bytes')).toBeLessThanOrEqual(1_048_576 + 22);
    small.socket.write(' signed alpha-word!');
    await until(() => small.statuses().length === 1);
    expect([first.statuses(), second.statuses(), small.statuses()]).toEqual([[503], [], [200]]);
  });

  it('in chunks wait only when they are large: one of 20 bytes is served beside a hoard of 800 kB that has just begun', async () => {
    const config = { maxUnauthenticatedBytes: 2_097_152, maxUnauthenticatedRequests: 32 };
    ingress = await startTestIngress({ config, monotonic: () => 0 });
    const chunked = 'Transfer-Encoding: chunked';
    const hoard = await open(`${head('Body', chunked, hook)}f0000\r\n${'x'.repeat(800_000)}`);
    await until(async () => (await gauge('ingress_unauthenticated_bytes')) === 1_048_576);
    const small = await open(`${head('Body', chunked, hook)}15\r\nnew signed alpha-word\r\n0\r\n\r\n`);
    await until(() => small.statuses().length === 1);
    expect([small.statuses(), hoard.statuses()]).toEqual([[200], []]);
  });

  it('of one peer hold at most the bytes of one peer, and those of another are served', async () => {
    await start({ maxUnauthenticatedBytesPerPeer: 100_000 });
    const greedy = await open(`${head('Body', 'Content-Length: 300000', hook)}${'x'.repeat(200_000)}`, '127.0.0.2');
    await until(() => greedy.statuses().length === 1);
    expect(greedy.statuses()).toEqual([503]);
    expect((await ingress.post(hook, 'new signed alpha-word', { authorization: 'Body' })).status).toBe(200);
  });
});

describe('the deadline of 150 ms for authentication and Kafka', () => {
  it('does not count the time in which an authenticated body arrives', async () => {
    await start({ appendDeadlineMs: 150 });
    const slow = await open(head('Bearer alpha-word'));
    await new Promise((resolve) => setTimeout(resolve, 400));
    slow.socket.write('new');
    await until(() => slow.statuses().length === 1);
    expect(slow.statuses()).toEqual([202]);
  });
});

describe('with at most 3 unauthenticated connections for a peer', () => {
  it('a fourth one closes the oldest of that peer and none of another', async () => {
    await start({ maxConnectionsPerPeer: 3 });
    const other = await open('', '127.0.0.3');
    const own: RawClient[] = [];
    for (let count = 0; count < 4; count += 1) own.push(await open('', '127.0.0.2'));
    await until(() => own[0]?.ended() === true);
    expect([other, ...own].map((client) => client.ended())).toEqual([false, true, false, false, false]);
  });

  it('authenticated connections are not counted', async () => {
    await start({ maxConnectionsPerPeer: 3 });
    const genuineOnes: RawClient[] = [];
    for (let count = 0; count < 8; count += 1) {
      const client = await open(genuine);
      await until(() => client.statuses().length === 1);
      genuineOnes.push(client);
    }
    for (const client of genuineOnes) client.socket.write(genuine);
    await until(() => genuineOnes.every((client) => client.statuses().length === 2));
  });

  it('requests through a trusted proxy count for the right-most address of the header, and the proxy itself for none', async () => {
    await start({ maxConnectionsPerPeer: 3, trustedProxies: ['127.0.0.1/32'] });
    const through = (forwarded: string) => open(head('Body', `X-Forwarded-For: ${forwarded}\r\nContent-Length: 30`, hook));
    const spoofing: RawClient[] = [];
    for (let count = 0; count < 4; count += 1) spoofing.push(await through(`203.0.113.${count}, 198.51.100.1`));
    const others: RawClient[] = [];
    for (let count = 0; count < 4; count += 1) others.push(await through(`198.51.100.${10 + count}`));
    await until(() => spoofing[0]?.ended() === true);
    await until(async () => (await gauge('ingress_unauthenticated_requests')) === 7);
    expect(spoofing.map((client) => client.ended())).toEqual([true, false, false, false]);
    expect(others.map((client) => client.ended())).toEqual([false, false, false, false]);
  });
});

describe.each<[string, string]>([
  ['no X-Forwarded-For', ''],
  ['an X-Forwarded-For that is not an address', 'X-Forwarded-For: unknown\r\n'],
])('a trusted proxy that sends %s', (_name, forwarded) => {
  const trustedProxies = ['127.0.0.1/32'];
  const through = (bytes: number) => open(head('Body', `${forwarded}Content-Length: ${bytes}`, hook));

  it('counts for no peer: 5 of its connections stay open where a peer may have 3', async () => {
    await start({ maxConnectionsPerPeer: 3, trustedProxies });
    const own: RawClient[] = [];
    for (let count = 0; count < 5; count += 1) own.push(await through(30));
    await until(async () => (await gauge('ingress_unauthenticated_requests')) === 5 || own.some((client) => client.ended()));
    expect(own.map((client) => client.ended())).toEqual([false, false, false, false, false]);
  });

  it('counts for no peer: two of its bodies have 60,000 bytes where a peer may have 100,000', async () => {
    await start({ maxUnauthenticatedBytesPerPeer: 100_000, trustedProxies });
    const own = [await through(60_000), await through(60_000)];
    await until(async () => (await gauge('ingress_unauthenticated_bytes')) === 120_000 || own.some((client) => client.ended()));
    expect(own.map((client) => client.statuses())).toEqual([[], []]);
  });

  it('is named in the log line of a refusal', async () => {
    await start({ maxConnectionsPerPeer: 3, trustedProxies });
    const client = await open(`${head('Bearer wrong', `${forwarded}Content-Length: 3`)}new`);
    await until(() => client.statuses().length === 1);
    const lines = ingress.lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    expect(lines.find(({ msg }) => msg === 'Authentication failed')).toMatchObject({ peer: '127.0.0.1' });
  });
});
