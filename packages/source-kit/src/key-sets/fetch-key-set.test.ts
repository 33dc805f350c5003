import { generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeAll, describe, expect, it } from 'vitest';
import { createTestIssuer, type TestIssuer } from '../testing/test-issuer.ts';
import { fetchKeySet } from './fetch-key-set.ts';

const never = new AbortController().signal;
const defaults = { fetch, timeoutMs: 2000, maxBytes: 256 * 1024, allowLoopbackHttp: true, signal: never };
let issuer: TestIssuer;

beforeAll(async () => {
  issuer = await createTestIssuer();
});

/** Fetches from a server on loopback; gives the key ids or the reason of the failure, and the paths that were asked for. */
async function fetchFrom(listener: (origin: string) => RequestListener, options: Partial<typeof defaults> = {}) {
  const paths: string[] = [];
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.on('request', (request, response) => {
    paths.push(request.url ?? '');
    listener(origin)(request, response);
  });
  const outcome = await fetchKeySet(`${origin}${issuer.metadataPath}`, { ...defaults, ...options }).then(
    (set) => [...set.keys.keys()],
    (error: { reason: string }) => error.reason,
  );
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  return { outcome, paths };
}

const json =
  (value: unknown): RequestListener =>
  (_, response) =>
    response.end(JSON.stringify(value));
const byPath =
  (documents: Readonly<Record<string, RequestListener>>): RequestListener =>
  (request, response) =>
    (documents[request.url ?? ''] ?? json({}))(request, response);
const withMetadata = (metadata: (origin: string) => unknown) => (origin: string) =>
  byPath({ [issuer.metadataPath]: json(metadata(origin)), [issuer.keysPath]: json(issuer.jwks()) });
const withKeys = (keys: RequestListener) => (origin: string) =>
  byPath({ [issuer.metadataPath]: json(issuer.metadata(origin)), [issuer.keysPath]: keys });

describe('fetching a key set', () => {
  it('follows metadata to the keys', async () => {
    expect((await fetchFrom(withKeys(json(issuer.jwks())))).outcome).toEqual([issuer.kid]);
  });

  it('reads a document sent in pieces', async () => {
    const pieces: RequestListener = (_, response) => {
      const text = JSON.stringify(issuer.jwks());
      response.write(text.slice(0, 7));
      setImmediate(() => response.end(text.slice(7)));
    };
    expect((await fetchFrom(withKeys(pieces))).outcome).toEqual([issuer.kid]);
  });

  const failures: readonly (readonly [string, string, (origin: string) => RequestListener])[] = [
    ['a page of HTML', 'json', () => (_, response) => response.end('<html><body>Sign in</body></html>')],
    ['an empty body', 'json', () => (_, response) => response.end()],
    ['a list', 'json', () => json([])],
    ['broken UTF-8', 'json', () => (_, response) => response.end(Buffer.from([0x7b, 0xff, 0x7d]))],
    [
      'an error status with valid documents',
      'status',
      (origin) => (_, response) => response.writeHead(500).end(JSON.stringify(issuer.metadata(origin))),
    ],
    ['204', 'status', () => (_, response) => response.writeHead(204).end()],
    ['metadata without keys', 'metadata', withMetadata(() => ({ issuer: 'x' }))],
    ['keys of another kind', 'metadata', withMetadata(() => ({ jwks_uri: 1 }))],
    ['a relative address of keys', 'jwks-uri', withMetadata(() => ({ jwks_uri: issuer.keysPath }))],
    ['an address of keys on another port of loopback', 'jwks-uri', withMetadata(() => ({ jwks_uri: 'http://127.0.0.1:9/keys' }))],
    ['an address of keys inside the network', 'jwks-uri', withMetadata(() => ({ jwks_uri: 'https://169.254.169.254/keys' }))],
    ['an address of keys in a file', 'jwks-uri', withMetadata(() => ({ jwks_uri: 'file:///etc/passwd' }))],
    ['an address of keys with a password', 'jwks-uri', withMetadata(() => ({ jwks_uri: 'https://user:pass@keys.example.com/' }))],
    ['no keys', 'no-keys', withKeys(json({ keys: [] }))],
    ['keys that are no list', 'no-keys', withKeys(json({ keys: { length: 1 } }))],
    ['keys of which none is fit', 'no-keys', withKeys(json({ keys: [null, 1, 'x', [], {}, { kty: 'oct', kid: 'k', k: 'AAAA' }] }))],
    [
      'a connection that ends early',
      'network',
      withKeys((_, response) => response.writeHead(200, { 'content-length': '1000' }).write('{', () => response.destroy())),
    ],
  ];
  it.each(failures)('fails on %s: %s', async (_, reason, listener) => {
    expect((await fetchFrom(listener)).outcome).toBe(reason);
  });

  it.each([301, 302, 303, 307, 308])('does not follow a redirect with %i', async (status) => {
    const redirect: RequestListener = (_, response) => response.writeHead(status, { location: '/elsewhere' }).end();
    const { outcome, paths } = await fetchFrom(withKeys(redirect));
    expect(outcome).toBe('status');
    expect(paths).toEqual([issuer.metadataPath, issuer.keysPath]);
  });

  it('reads no more than it may of a document without an end', async () => {
    const endless: RequestListener = (_, response) => {
      const more = () => {
        while (!response.destroyed && response.write(' '.repeat(16_384)));
      };
      response.on('drain', more);
      more();
    };
    expect((await fetchFrom(withKeys(endless), { maxBytes: 64 * 1024 })).outcome).toBe('size');
  });

  it('has one time limit for both documents, also when the second arrives byte by byte', async () => {
    const dripping: RequestListener = (_, response) => {
      response.write('{');
      const timer = setInterval(() => response.write(' '), 10);
      response.on('close', () => clearInterval(timer));
    };
    expect((await fetchFrom(withKeys(dripping), { timeoutMs: 100 })).outcome).toBe('timeout');
  });

  it('asks for nothing over http unless loopback is admitted', async () => {
    const { outcome, paths } = await fetchFrom(withKeys(json(issuer.jwks())), { allowLoopbackHttp: false });
    expect(outcome).toBe('metadata');
    expect(paths).toEqual([]);
  });

  it('asks for the keys at another public name over https', async () => {
    const asked: string[] = [];
    const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' }) as JsonWebKey;
    const set = await fetchKeySet('https://login.example.com/metadata', {
      ...defaults,
      fetch: async (input) => {
        asked.push(String(input));
        return Response.json(asked.length === 1 ? { jwks_uri: 'https://keys.example.net/all' } : { keys: [{ ...key, kid: 'k1' }] });
      },
    });
    expect(asked).toEqual(['https://login.example.com/metadata', 'https://keys.example.net/all']);
    expect([...set.keys.keys()]).toEqual(['k1']);
  });
});
