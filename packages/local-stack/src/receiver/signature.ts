import type { IncomingHttpHeaders } from 'node:http';
import { Webhook } from 'standardwebhooks';

/** `unchecked`: the receiver was given no secret. */
export type SignatureVerdict = 'valid' | 'invalid' | 'unchecked';

/** Checks a Standard Webhooks signature over the raw body with every secret, by the reference implementation. */
export function checkSignature(secrets: readonly string[], headers: IncomingHttpHeaders, body: Buffer): SignatureVerdict {
  if (secrets.length === 0) return 'unchecked';
  const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];
  const given = Object.fromEntries(names.map((name) => [name, String(headers[name] ?? '')]));
  return secrets.some((secret) => verifies(secret, given, body)) ? 'valid' : 'invalid';
}

function verifies(secret: string, headers: Record<string, string>, body: Buffer): boolean {
  try {
    new Webhook(secret).verify(body, headers, { jsonParse: false });
    return true;
  } catch {
    return false;
  }
}
