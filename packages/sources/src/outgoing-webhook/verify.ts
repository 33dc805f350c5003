import { type InboundRequest, parseJsonObject, type VerifyContext, type VerifyOutcome, verifyHmac } from '@switchboard/source-kit';
import type { OutgoingWebhookEntry } from './entry.ts';
import { lookupIdOf } from './lookup.ts';
import { comesFrom } from './origin.ts';

/*
 * Authorization: HMAC <base64 of HMAC-SHA256(key, body)>
 *   key  = the 32 bytes whose base64 Teams shows once, when the webhook is created
 *   body = the bytes of the request as received
 * The scheme has neither time nor nonce: repetitions are found by the dedupe key, not here.
 */
export async function verify(request: InboundRequest, { entry }: VerifyContext<OutgoingWebhookEntry>): Promise<VerifyOutcome> {
  const outcome = verifyHmac(request, entry.keys);
  if (outcome.kind !== 'verified') return outcome;
  const parsed = parseJsonObject(request.body);
  if (!parsed.ok) return { kind: 'malformed', code: parsed.code };
  if (!comesFrom(parsed.value, entry)) return { kind: 'refused', code: 'ERR_VERIFY_ORIGIN' };
  return {
    kind: 'verified',
    principal: {
      scheme: 'hmac',
      issuer: null,
      subject: lookupIdOf(request) ?? null,
      tenantId: null,
      keyId: `key-${outcome.keyIndex + 1}`,
    },
  };
}
