import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawClient } from '../testing/raw-client.ts';
import { startTestIngress, type TestIngress, until } from '../testing/start-ingress.ts';

let ingress: TestIngress;
beforeAll(async () => {
  ingress = await startTestIngress({ config: { maxBodyBytes: 2_048 } });
});
afterAll(() => ingress.stop());

/** What one connection receives for the bytes of a request, with the line of its time cut out. */
async function exchange(bytes: string, isWhole: (received: string) => boolean): Promise<string> {
  const client = await rawClient(ingress.app.port, bytes);
  await until(() => isWhole(client.received()));
  client.destroy();
  return client.received().replace(/\r\nDate: [^\r]+/, '');
}

const request = (target: string, credential: string, rest = 'Content-Length: 3\r\n\r\nnew', method = 'POST') =>
  `${method} ${target} HTTP/1.1\r\nHost: a\r\nAuthorization: ${credential}\r\n${rest}`;
const json = 'content-type: application/json; charset=utf-8';
const kept = 'Connection: keep-alive\r\nKeep-Alive: timeout=30, max=10000';
const large = `Transfer-Encoding: chunked\r\n\r\n${`400\r\n${'n'.repeat(1_024)}\r\n`.repeat(3)}0\r\n\r\n`;

/** A response with the length of its body after the lines of its head. */
const response = (lines: readonly string[], body: string, after: readonly string[] = []) =>
  [...lines, `content-length: ${body.length}`, ...after, '', body].join('\r\n');

describe('the bytes of a response', () => {
  it.each<[string, string, string]>([
    [
      'a redirected request',
      request('/test/alpha', 'Bearer alpha-word', 'Content-Length: 13\r\n\r\nnew elsewhere'),
      response(['302 Found', 'location: https://amer.example/test'], '', [kept]),
    ],
    [
      'a request that is asked to switch',
      request('/test/alpha', 'Bearer alpha-word', 'Content-Length: 5\r\n\r\nold 1'),
      `204 No Content\r\n${kept}\r\n\r\n`,
    ],
    [
      'a sender that waited for a reply',
      request('/hook?id=alpha', 'Bearer alpha-word'),
      response(['200 OK', 'content-type: application/json'], '{"type":"message","text":"default"}', [kept]),
    ],
    [
      'a wrong token',
      request('/test/alpha', 'Bearer wrong'),
      response(['401 Unauthorized', json, 'connection: close'], '{"error":"unauthorized"}'),
    ],
    ['an unknown route', request('/x', 'Bearer x'), response(['404 Not Found', json, 'connection: close'], '{"error":"not_found"}')],
    [
      'an unknown form',
      request('/test/alpha', 'Bearer alpha-word', 'Content-Length: 7\r\n\r\nneither'),
      response(['400 Bad Request', json], '{"error":"malformed","code":"ERR_INGRESS_FORM"}', [kept]),
    ],
    [
      'an authenticated sender whose body exceeds the cap',
      request('/test/alpha', 'Bearer alpha-word', large),
      response(['413 Payload Too Large', 'connection: close', json], '{"error":"malformed","code":"ERR_INGRESS_BODY_TOO_LARGE"}'),
    ],
    [
      'a request without a key set to judge it by',
      request('/test/alpha', 'Bearer keys'),
      response(['503 Service Unavailable', json, 'retry-after: 18', 'connection: close'], '{"error":"unavailable"}'),
    ],
    [
      'a request that met a fault',
      request('/test/alpha', 'Bearer throw'),
      response(['500 Internal Server Error', json, 'connection: close'], '{"error":"internal"}'),
    ],
    ['a probe', request('/test/alpha', 'x', '\r\n', 'GET'), response(['200 OK', 'connection: close'], '')],
  ])('to %s are those of Fastify', async (_name, bytes, expected) => {
    const whole = `HTTP/1.1 ${expected}`;
    expect(await exchange(bytes, (received) => received.length > whole.length)).toBe(whole);
  });
});
