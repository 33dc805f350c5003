import { StringDecoder } from 'node:string_decoder';
import type { Webhook } from '@switchboard/contracts';
import { EXCERPT_BYTES } from '@switchboard/webhooks';

const REDACTED = '[redacted]';
/** Shorter values are words as often as secrets, and would tear the text apart. */
const MIN_SECRET_LENGTH = 8;

const secrets = new WeakMap<Webhook, readonly string[]>();

/**
 * Text of the start of a response body, for operators: bytes that are not UTF-8 are U+FFFD, and the values of the install's own headers
 * and of the endpoint's query are replaced, because some endpoints echo their request. Null where no body was received.
 */
export function responseExcerpt(bytes: Buffer | null, webhook: Webhook): string | null {
  if (bytes === null) return null;
  const hidden = secretsOf(webhook);
  const isCut = bytes.length >= EXCERPT_BYTES;
  // The decoder keeps back a character that is cut off.
  const text = isCut ? new StringDecoder('utf8').write(bytes) : bytes.toString('utf8');
  const redacted = hidden.reduce((rest, secret) => rest.replaceAll(secret, REDACTED), text);
  return isCut ? redacted.slice(0, redacted.length - Math.max(0, ...hidden.map((secret) => overlap(redacted, secret)))) : redacted;
}

/** Collected once for each version of an install, the longest first. */
function secretsOf(webhook: Webhook): readonly string[] {
  let found = secrets.get(webhook);
  if (found === undefined) {
    const query = new URL(webhook.endpoint).search.slice(1);
    // An echo may have the credentials without their scheme, and a parameter with or without its encoding.
    const values = [
      ...webhook.headers.flatMap(({ value }) => [value, ...value.split(' ')]),
      ...query.split('&').map((parameter) => parameter.slice(parameter.indexOf('=') + 1)),
      ...new URLSearchParams(query).values(),
    ];
    found = [...new Set(values)].filter(({ length }) => length >= MIN_SECRET_LENGTH).toSorted((one, other) => other.length - one.length);
    secrets.set(webhook, found);
  }
  return found;
}

/** How many characters at the end of the text may be the start of the secret, cut off. */
function overlap(text: string, secret: string): number {
  for (let length = Math.min(secret.length - 1, text.length); length > 0; length -= 1) {
    if (text.endsWith(secret.slice(0, length))) return length;
  }
  return 0;
}
