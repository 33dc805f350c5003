import {
  type AuthenticateOutcome,
  authenticateHmac,
  type InboundHead,
  type InboundRequest,
  type TokenPrincipal,
  type VerifyContext,
  type VerifyOutcome,
  verifyHmac,
} from '@switchboard/source-kit';
import { parseActivity } from '../activity/parse.ts';
import type { OutgoingWebhookEntry } from './entry.ts';
import { lookupIdOf } from './lookup.ts';
import { comesFrom } from './origin.ts';

/** The form of the MAC. Whether it is valid needs the body. */
export function authenticate(head: InboundHead): AuthenticateOutcome {
  return authenticateHmac(head);
}

/*
 * Authorization: HMAC <base64 of HMAC-SHA256(key, body)>
 *   key  = the 32 bytes whose base64 Teams shows once, when the webhook is created
 *   body = the bytes of the request as received
 * The scheme has neither time nor nonce: repetitions are found by the dedupe key, not here.
 */
export function verify(
  request: InboundRequest,
  _: TokenPrincipal | null,
  { entry }: Pick<VerifyContext<OutgoingWebhookEntry>, 'entry'>,
): VerifyOutcome {
  const outcome = verifyHmac(request, entry.keys);
  if (outcome.kind !== 'verified') return outcome;
  const parsed = parseActivity(request.body);
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
