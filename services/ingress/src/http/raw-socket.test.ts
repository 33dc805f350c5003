import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestIngress, type TestIngress } from '../testing/start-ingress.ts';

let ingress: TestIngress;
let port: number;
beforeAll(async () => {
  ingress = await startTestIngress({ config: { maxBodyBytes: 2_048, headersTimeoutMs: 300, requestTimeoutMs: 600 } });
  port = ingress.app.port;
});
afterAll(() => ingress.stop());

/** Silence after the expected responses, in which one too many would arrive; and where one of them is missing. */
const [QUIET_MS, MISSING_MS] = [100, 5_000];

/** Sends bytes as they are; returns everything received until the peer closes, or is silent after as many responses as expected. */
function exchange(bytes: string | Buffer, expected = 1): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    let answer = '';
    let quiet: NodeJS.Timeout | undefined;
    const end = () => {
      clearTimeout(quiet);
      socket.destroy();
      resolve(answer);
    };
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      clearTimeout(quiet);
      quiet = setTimeout(end, statuses(answer).length < expected ? MISSING_MS : QUIET_MS);
    });
    socket.on('close', end);
    socket.on('error', end);
  });
}

const statuses = (answer: string) => [...answer.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]));
const auth = 'Authorization: Bearer alpha-word\r\n';
const host = 'Host: a\r\n';
const line = 'POST /test/alpha HTTP/1.1\r\n';
const whole = `${line}${host}${auth}Content-Length: 3\r\n\r\nnew`;

describe('a malformed request', () => {
  it.each<[string, string, number]>([
    ['two Host headers', `${line}${host}Host: b\r\n${auth}Content-Length: 3\r\n\r\nnew`, 400],
    ['no Host header', `${line}${auth}Content-Length: 3\r\n\r\nnew`, 400],
    ['HTTP/0.9', 'GET /test/alpha\r\n\r\n', 400],
    ['HTTP/0.9 named', `POST /test/alpha HTTP/0.9\r\n${host}${auth}Content-Length: 3\r\n\r\nnew`, 400],
    ['HTTP/2.0', `POST /test/alpha HTTP/2.0\r\n${host}${auth}Content-Length: 3\r\n\r\nnew`, 400],
    ['HTTP/1.0 with chunks', `POST /test/alpha HTTP/1.0\r\n${auth}Transfer-Encoding: chunked\r\n\r\n3\r\nnew\r\n0\r\n\r\n`, 400],
    ['an absolute URI', `POST http://evil/test/alpha HTTP/1.1\r\n${host}${auth}Content-Length: 3\r\n\r\nnew`, 400],
    ['an asterisk', `OPTIONS * HTTP/1.1\r\n${host}\r\n`, 400],
    ['Content-Length and Transfer-Encoding', `${line}${host}${auth}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
    ['two lengths', `${line}${host}${auth}Content-Length: 3\r\nContent-Length: 4\r\n\r\nnew`, 400],
    ['a blank before the colon', `${line}${host}${auth}Content-Length : 3\r\n\r\nnew`, 400],
    ['a negative length', `${line}${host}${auth}Content-Length: -1\r\n\r\nnew`, 400],
    ['a length with a sign', `${line}${host}${auth}Content-Length: +3\r\n\r\nnew`, 400],
    ['a hexadecimal length', `${line}${host}${auth}Content-Length: 0x3\r\n\r\nnew`, 400],
    ['a folded header', `${line}${host}${auth}X-A: 1\r\n b\r\nContent-Length: 3\r\n\r\nnew`, 400],
    ['a NUL in a header', `${line}${host}${auth}X-A: a\0b\r\nContent-Length: 3\r\n\r\nnew`, 400],
    ['bare line feeds', `POST /test/alpha HTTP/1.1\nHost: a\nContent-Length: 3\n\nnew`, 400],
    ['a chunk size that is no number', `${line}${host}${auth}Transfer-Encoding: chunked\r\n\r\nzz\r\nnew\r\n0\r\n\r\n`, 400],
    ['another transfer coding', `${line}${host}${auth}Transfer-Encoding: gzip, chunked\r\n\r\n3\r\nnew\r\n0\r\n\r\n`, 400],
    ['an unknown transfer coding', `${line}${host}${auth}Transfer-Encoding: xchunked\r\n\r\n3\r\nnew\r\n0\r\n\r\n`, 400],
    ['no method', `${whole.slice(5)}`, 400],
    ['a TLS hello', '\x16\x03\x01\x00\x05hello', 400],
    ['a path that does not decode', `POST /test/%zz HTTP/1.1\r\n${host}${auth}Content-Length: 3\r\n\r\nnew`, 401],
    ['a path parameter of 5,000 characters', `POST /test/${'a'.repeat(5_000)} HTTP/1.1\r\n${host}${auth}Content-Length: 3\r\n\r\nnew`, 401],
    ['a path of no route that does not decode', `POST /nowhere/%zz HTTP/1.1\r\n${host}Content-Length: 3\r\n\r\nnew`, 404],
    ['gzip', `${line}${host}${auth}Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nnew`, 415],
    [
      'two content encodings',
      `${line}${host}${auth}Content-Encoding: identity\r\nContent-Encoding: br\r\nContent-Length: 3\r\n\r\nnew`,
      415,
    ],
    ['a declared body over the cap', `${line}${host}${auth}Content-Length: 2049\r\n\r\nnew`, 413],
    [
      'a chunked body over the cap',
      `${line}${host}${auth}Transfer-Encoding: chunked\r\n\r\n${'400\r\n'.concat('n'.repeat(1_024), '\r\n').repeat(3)}0\r\n\r\n`,
      413,
    ],
    ['too many headers', `${line}${host}${auth}${'X-A: 1\r\n'.repeat(70)}Content-Length: 3\r\n\r\nnew`, 431],
    ['headers that are too long', `${line}${host}${auth}X-A: ${'a'.repeat(20_000)}\r\nContent-Length: 3\r\n\r\nnew`, 431],
    ['two Authorization headers', `${line}${host}${auth}${auth}Content-Length: 3\r\n\r\nnew`, 401],
    ['an unknown route', `POST /nowhere HTTP/1.1\r\n${host}Content-Length: 3\r\n\r\nnew`, 404],
    ['an unknown method of a route', `DELETE /test/alpha HTTP/1.1\r\n${host}\r\n`, 404],
    ['a head that never ends', `${line}${host}`, 408],
    ['a body that never ends', `${line}${host}${auth}Content-Length: 3\r\n\r\nne`, 408],
  ])('%s: one response, and no record is stored', async (_name, bytes, status) => {
    const before = ingress.log.begun();
    const answer = await exchange(bytes);
    expect([statuses(answer)[0], ingress.log.begun() - before]).toEqual([status, 0]);
  });
});

describe('a request for a tunnel', () => {
  it('is closed without a response', async () => {
    expect(await exchange(`CONNECT evil:443 HTTP/1.1\r\n${host}\r\n`)).toBe('');
  });
});

describe('an unusual request that is valid', () => {
  it.each<[string, string]>([
    ['a chunked body', `${line}${host}${auth}Transfer-Encoding: chunked\r\n\r\n1\r\nn\r\n2\r\new\r\n0\r\n\r\n`],
    ['trailers', `${line}${host}${auth}Transfer-Encoding: chunked\r\n\r\n3\r\nnew\r\n0\r\nX-T: 1\r\n\r\n`],
    ['HTTP/1.0 with a length', `POST /test/alpha HTTP/1.0\r\n${auth}Content-Length: 3\r\n\r\nnew`],
    [
      'an upgrade that is not taken',
      `${line}${host}${auth}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nContent-Length: 3\r\n\r\nnew`,
    ],
    ['an identity encoding', `${line}${host}${auth}Content-Encoding: identity\r\nContent-Length: 3\r\n\r\nnew`],
    [
      'a media type with a quoted type',
      `${line}${host}${auth}Content-Type: application/json; charset=utf-8; type="x/y"\r\nContent-Length: 3\r\n\r\nnew`,
    ],
    [
      'two media types in one',
      `${line}${host}${auth}Content-Type: multipart/form-data; boundary="b", application/json\r\nContent-Length: 3\r\n\r\nnew`,
    ],
    ['a media type that is none', `${line}${host}${auth}Content-Type: ???\r\nContent-Length: 3\r\n\r\nnew`],
    ['no media type', whole],
    ['braces and quotes in the query', whole.replace('/test/alpha', '/test/alpha?callbackContext={"a":"b"}')],
  ])('%s: 202, with the body as sent', async (_name, bytes) => {
    const answer = await exchange(bytes);
    expect(statuses(answer)).toEqual([202]);
    expect(ingress.raw().at(-1)?.body.toString()).toBe('new');
  });

  it('two in one packet get their responses in order', async () => {
    expect(statuses(await exchange(whole + whole.replace('alpha-word', 'wrong'), 2))).toEqual([202, 401]);
  });

  it('a sender that asks first is told to continue, unless it would be refused', async () => {
    const asking = (length: number) => `${line}${host}${auth}Expect: 100-continue\r\nContent-Length: ${length}\r\n\r\n`;
    expect(statuses(await exchange(asking(3)))[0]).toBe(100);
    expect(statuses(await exchange(`${asking(3)}new`, 2))).toEqual([100, 202]);
    expect(statuses(await exchange(asking(100_000)))).toEqual([413]);
    expect(statuses(await exchange(asking(3).replace('100-continue', 'miracle')))).toEqual([417]);
    expect(statuses(await exchange(asking(3).replace('alpha-word', 'wrong')))).toEqual([401]);
  });

  it('HTTP/1.0 gets no interim response, which it does not know', async () => {
    const old = `POST /test/alpha HTTP/1.0\r\n${auth}Expect: 100-continue\r\nContent-Length: 3\r\n\r\nnew`;
    expect(statuses(await exchange(old))).toEqual([202]);
  });
});

describe('what follows a refused request in the same packet', () => {
  it('is not kept: 60 packets of 64 kB leave less than 1 MB of buffers', async () => {
    const refused = `${line}${host}Authorization: Bearer wrong\r\nContent-Length: 3\r\n\r\nnew`;
    const packet = Buffer.from(refused + whole.repeat(Math.floor(64_000 / whole.length)));
    await exchange(packet);
    const before = process.memoryUsage().arrayBuffers;
    for (let count = 0; count < 60; count += 1) expect(statuses(await exchange(packet))).toEqual([401]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
  });
});
