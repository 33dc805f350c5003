import { type KeyObject, sign } from 'node:crypto';
import { withTimes } from '../create-sample-signer.ts';

/** How a token differs from a valid one. */
export interface TokenOptions {
  /** Milliseconds since the epoch from which iat, nbf and exp follow. Default: now. */
  readonly now?: number;
  /** Members of the header to add or replace; undefined removes one. */
  readonly header?: Readonly<Record<string, unknown>>;
  /** The whole text of the header. */
  readonly headerText?: string;
  /** The whole text of the claims. */
  readonly claimsText?: string;
  /** Makes the signature over `<header>.<claims>` in place of RS256 with the issuer's key. */
  readonly sign?: (signed: Buffer) => Buffer;
}

/** A compact token. A claim that is undefined is left out, also iat, nbf and exp. */
export function testToken(claims: Readonly<Record<string, unknown>>, kid: string, key: KeyObject, options: TokenOptions = {}): string {
  const header = options.headerText ?? JSON.stringify({ alg: 'RS256', typ: 'JWT', kid, ...options.header });
  const payload = options.claimsText ?? JSON.stringify(withTimes(claims, options.now ?? Date.now()));
  const signed = Buffer.from(`${encode(header)}.${encode(payload)}`);
  const signature = options.sign?.(signed) ?? sign('RSA-SHA256', signed, key);
  return `${signed}.${signature.toString('base64url')}`;
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64url');
}
