import { randomBytes } from 'node:crypto';

/**
 * What a request of an abuser claims:
 * - `forged`: a well-formed credential of an existing app whose signature or MAC is wrong.
 * - `anonymous`: no Authorization header.
 * - `unknown-app`: a forged credential for an app that does not exist.
 * - `unknown-route`: a path that no source has.
 * - `genuine`: the credential of the template, unchanged: the abuser is a sender of an app.
 */
export type Claim = 'genuine' | 'forged' | 'anonymous' | 'unknown-app' | 'unknown-route';

/** A genuine request from which abusers forge theirs. Crosses process borders. */
export interface Template {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** A request as an abuser sends it; every call of `head` carries a new wrong signature. */
export interface ForgedRequest {
  readonly body: Buffer;
  /** Bytes of the head with these framing headers (`content-length: 5`, `transfer-encoding: chunked`). */
  head(framing: string): Buffer;
  /** Head and body. */
  whole(): Buffer;
}

export interface ForgeOptions {
  /** Replaces the key id of a bearer token by a random one in every request. */
  readonly unknownKid?: boolean;
}

const MAC_BYTES = 32;
const RSA_BYTES = 256;

/** Keeps everything of the template except what the claim says; by default its signature, so that only the check of that can refuse it. */
export function forgedRequest({ method, target, headers, body }: Template, claim: Claim, options: ForgeOptions = {}): ForgedRequest {
  const { authorization = '', ...others } = headers;
  const lines = Object.entries({ host: '127.0.0.1', ...others }).map(([name, value]) => `${name}: ${value}\r\n`);
  const prefix = `${method} ${targetOf(target, claim)} HTTP/1.1\r\n${lines.join('')}`;
  const credential = credentialOf(authorization, claim, options);
  const bytes = Buffer.from(body);
  const head = (framing: string): Buffer => Buffer.from(`${prefix}${credential()}${framing}\r\n\r\n`, 'latin1');
  return { body: bytes, head, whole: () => Buffer.concat([head(`content-length: ${bytes.length}`), bytes]) };
}

function targetOf(target: string, claim: Claim): string {
  const url = new URL(target, 'http://edge.invalid');
  if (claim === 'unknown-route') return `/unknown${url.pathname}`;
  if (claim !== 'unknown-app') return target;
  if (url.searchParams.has('id')) return `${url.pathname}?id=unknown`;
  return url.pathname.replace(/[^/]+$/, 'unknown');
}

function credentialOf(authorization: string, claim: Claim, options: ForgeOptions): () => string {
  if (claim === 'anonymous') return () => '';
  if (claim === 'genuine') return () => `authorization: ${authorization}\r\n`;
  return forgeCredential(authorization, options);
}

function forgeCredential(authorization: string, { unknownKid = false }: ForgeOptions): () => string {
  const [scheme, value = ''] = authorization.split(' ');
  if (scheme === 'HMAC') return () => `authorization: HMAC ${randomBytes(MAC_BYTES).toString('base64')}\r\n`;
  const [header = '', claims = ''] = value.split('.');
  return () => `authorization: Bearer ${unknownKid ? withRandomKid(header) : header}.${claims}.${randomSignature()}\r\n`;
}

function randomSignature(): string {
  const signature = randomBytes(RSA_BYTES);
  // Below every modulus of 2,048 bits: a larger number is refused before any arithmetic, which would make the abuse cheaper.
  signature[0] = 0;
  return signature.toString('base64url');
}

function withRandomKid(header: string): string {
  const parsed = JSON.parse(Buffer.from(header, 'base64url').toString()) as object;
  return Buffer.from(JSON.stringify({ ...parsed, kid: randomBytes(16).toString('hex') })).toString('base64url');
}
