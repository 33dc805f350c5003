import { type ClientRequest, request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AdminRig, adminTokens, exampleDocument, startAdminRig } from '../testing/admin-rig.ts';

let rig: AdminRig;
let port: number;
beforeEach(async () => {
  rig = await startAdminRig();
  port = await rig.listen();
});
afterEach(() => rig.stop());

interface Sent {
  readonly method?: string;
  readonly path?: string;
  /** Name and value in turn, so that a name can occur twice. */
  readonly headers?: readonly string[];
  readonly body?: string | Buffer;
  /** Address to connect from. */
  readonly from?: string;
}

const operator = ['authorization', `Bearer ${adminTokens.operator}`];
const json = ['content-type', 'application/json'];

/** Sends a request over a new socket. */
function send({ method = 'GET', path = '/v1/app-installs', headers = [], body, from = '127.0.0.1' }: Sent) {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }>();
  const length = body === undefined ? ['content-length', '0'] : ['content-length', String(Buffer.byteLength(body))];
  const sent: ClientRequest = request(
    // biome-ignore format: one object
    { host: '127.0.0.1', port, method, path, localAddress: from, agent: false, headers: ['host', 'admin', ...headers, ...length] as unknown as string[] },
    (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString('utf8') }),
      );
    },
  );
  sent.on('error', reject);
  sent.end(body);
  return promise;
}

const problemOf = async (sent: Sent) => {
  const { status, headers, text } = await send(sent);
  expect(headers['content-type']).toContain('application/problem+json');
  return { status, ...JSON.parse(text) } as { status: number; code: string; detail: string; request_id: string };
};

const put = (body: string | Buffer, headers: readonly string[] = json): Sent => ({
  method: 'PUT',
  path: '/v1/app-installs/a',
  headers: [...operator, ...headers],
  body,
});

const refusedTotal = async (labels: string) => {
  const line = (await rig.metricsText()).split('\n').find((text) => text.startsWith(`admin_refused_total{${labels}`));
  return Number(line?.split(' ').at(-1) ?? 0);
};

describe('a refused request', () => {
  it('of 401, 403, 412, 422 and 428 is one log line with caller, route, install, peer and request id, and one count', async () => {
    const as = (name: keyof typeof adminTokens) => ['authorization', `Bearer ${adminTokens[name]}`, ...json];
    const body = JSON.stringify(exampleDocument());
    const path = '/v1/app-installs/a';
    expect((await send(put(body))).status).toBe(201);
    const responses = [
      await problemOf({ path, headers: ['authorization', 'Bearer wrong-token'] }),
      await problemOf({ method: 'PUT', path, headers: as('reader'), body }),
      await problemOf({ method: 'PUT', path, headers: [...as('operator'), 'if-match', '"9"'], body }),
      await problemOf({ method: 'PUT', path, headers: as('operator'), body: '{}' }),
      await problemOf({ method: 'DELETE', path, headers: as('operator') }),
    ];
    const shared = { installId: 'a', peer: '127.0.0.1', level: 'warn', msg: 'Admin request refused' };
    const route = 'PUT /v1/app-installs/:id';
    expect(rig.lines).toMatchObject([
      { ...shared, code: 'ERR_ADMIN_UNAUTHENTICATED', route: 'GET /v1/app-installs/:id', requestId: responses[0]?.request_id },
      { ...shared, code: 'ERR_ADMIN_FORBIDDEN', caller: 'look', route, requestId: responses[1]?.request_id },
      { ...shared, code: 'ERR_ADMIN_VERSION_MISMATCH', caller: 'ops', route, requestId: responses[2]?.request_id },
      { ...shared, code: 'ERR_ADMIN_INVALID_DOCUMENT', caller: 'ops', route, requestId: responses[3]?.request_id },
      { ...shared, code: 'ERR_ADMIN_VERSION_REQUIRED', caller: 'ops', route: 'DELETE /v1/app-installs/:id' },
    ]);
    expect(rig.lines[0]).not.toHaveProperty('caller');
    expect(await refusedTotal(`code="ERR_ADMIN_FORBIDDEN",route="${route}"`)).toBe(1);
    for (const secret of ['wrong-token', ...Object.values(adminTokens)]) expect(rig.logText()).not.toContain(secret);
  });

  it('is logged 10 times in 10 s for one caller and code, counted each time, and hides no line of another caller', async () => {
    const forbidden = (token: string): Sent => ({ method: 'POST', path: '/v1/app-installs/a/pause', headers: ['authorization', token] });
    for (let count = 0; count < 15; count += 1) await send(forbidden(`Bearer ${adminTokens.editor}`));
    await send(forbidden(`Bearer ${adminTokens.reader}`));
    expect(rig.lines.map(({ caller }) => caller)).toEqual([...Array(10).fill('dev'), 'look']);
    expect(await refusedTotal('code="ERR_ADMIN_FORBIDDEN",route="POST /v1/app-installs/:id/pause"')).toBe(16);
  });
});

describe('guesses', () => {
  const guess = (from: string, headers: readonly string[] = ['authorization', 'Bearer guess']) => send({ from, headers });

  it('get 401 ten times a minute and then 429 with Retry-After, for one peer only', async () => {
    const statuses: number[] = [];
    for (let count = 0; count < 12; count += 1) statuses.push((await guess('127.0.0.2')).status);
    expect(statuses).toEqual([...Array(10).fill(401), 429, 429]);
    const { status, headers, text } = await guess('127.0.0.2', []);
    expect([status, headers['retry-after'], JSON.parse(text).code]).toEqual([429, '60', 'ERR_ADMIN_TOO_MANY_GUESSES']);
    expect((await guess('127.0.0.3')).status).toBe(401);
    rig.clock.now = 60_000;
    expect((await guess('127.0.0.2')).status).toBe(401);
  });

  it('do not keep a valid token of the same peer from being served', async () => {
    for (let count = 0; count < 100; count += 1) await guess('127.0.0.2');
    expect((await guess('127.0.0.2', operator)).status).toBe(200);
    expect((await guess('127.0.0.2')).status).toBe(429);
  });

  it('are counted on paths that no route has, and on malformed ones', async () => {
    const paths = ['/elsewhere', '/v1/app-installs/%zz', `/v1/app-installs/${'x'.repeat(300)}`];
    const statuses: number[] = [];
    for (let count = 0; count < 12; count += 1) statuses.push((await send({ path: paths[count % 3] ?? '', headers: [] })).status);
    expect(statuses).toEqual([...Array(10).fill(401), 429, 429]);
    expect((await problemOf({ path: '/v1/app-installs/%zz', headers: operator })).code).toBe('ERR_ADMIN_BAD_REQUEST');
  });
});

describe('headers that clients and proxies read differently', () => {
  it.each([
    [[...operator, ...operator]],
    [[...operator, 'Authorization', 'Bearer wrong']],
    [['authorization', 'Bearer wrong', ...operator]],
  ])('two Authorization headers get 401: case %#', async (headers) => {
    expect(await problemOf({ headers })).toMatchObject({ status: 401, code: 'ERR_ADMIN_UNAUTHENTICATED' });
  });

  const body = JSON.stringify(exampleDocument());
  it.each<[string, string | Buffer, string[], string]>([
    ['gzip', gzipSync(body), [...json, 'content-encoding', 'gzip'], 'Content-Encoding must be identity or absent (got "gzip")'],
    [
      'another charset',
      Buffer.from(body, 'utf16le'),
      ['content-type', 'application/json; charset=utf-16le'],
      'charset of Content-Type must be utf-8 or absent (got "application/json; charset=utf-16le")',
    ],
    ['text', body, ['content-type', 'text/plain'], 'Content-Type must be application/json (got "text/plain")'],
    [
      'a form',
      body,
      ['content-type', 'application/x-www-form-urlencoded'],
      'Content-Type must be application/json (got "application/x-www-form-urlencoded")',
    ],
    ['no content type', body, [], 'Content-Type must be application/json (got none)'],
    [
      'two content types',
      body,
      [...json, 'content-type', 'text/plain'],
      'Content-Type must be sent once (got "application/json, text/plain")',
    ],
  ])('a body with %s gets 415 and writes nothing', async (_what, sent, headers, detail) => {
    expect(await problemOf(put(sent, headers))).toMatchObject({ status: 415, code: 'ERR_ADMIN_UNSUPPORTED_MEDIA', detail });
    expect(rig.changes).toEqual([]);
  });

  it.each<[string, string | Buffer, string]>([
    ['that is not UTF-8', Buffer.from(body.replace('Example', 'Ex\u00e9mple'), 'latin1'), 'the body must be UTF-8'],
    ['with a member twice', body.replace('{', '{"client_name":"Other",'), 'the member client_name must not occur twice'],
    ['with __proto__', body.replace('{', '{"__proto__":{"enabled":false},'), 'the member name __proto__ is not allowed'],
    ['with a secret and a syntax error', '{"signing_secret":"whsec_c2VjcmV0",}', 'the body must be JSON'],
  ])('a body %s gets 400 and writes nothing', async (_what, sent, detail) => {
    expect(await problemOf(put(sent))).toMatchObject({ status: 400, code: 'ERR_ADMIN_BAD_REQUEST', detail });
    expect(rig.changes).toEqual([]);
  });
});

it.each([
  ['letters', 'x'.repeat(6)],
  ['names of 3 bytes a character', '漢'.repeat(2)],
  ['control characters', '\u0001'],
])('a document of 250 kB of unknown members gets 20 problems and their number in 20 kB: %s', async (_what, start) => {
  const members: Record<string, number> = {};
  let size = 0;
  for (let index = 0; size < 250_000; index += 1) {
    // The first are long: their names are cut.
    const name = index < 20 ? `${start.repeat(150)}${index}` : `${start}${index}`;
    members[name] = 0;
    size += Buffer.byteLength(JSON.stringify(name)) + 3;
  }
  const { status, text } = await send(put(JSON.stringify({ ...exampleDocument(), ...members })));
  const { problems, problem_count: count } = JSON.parse(text);
  expect([status, problems.length, count]).toEqual([422, 20, Object.keys(members).length]);
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(20_000);
});
