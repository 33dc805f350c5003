import {
  type AuthenticateContext,
  type AuthenticateOutcome,
  authenticateBearer,
  type InboundHead,
  type InboundRequest,
  type JsonObject,
  keyIdOf,
  type TokenPrincipal,
  textAt,
  type VerifyCode,
  type VerifyOutcome,
  verifiedByToken,
} from '@switchboard/source-kit';
import { parseActivity } from '../activity/parse.ts';
import type { BotFrameworkEntry } from './entry.ts';

/** A token of the channel service for this bot. */
export function authenticate(
  head: InboundHead,
  context: AuthenticateContext<BotFrameworkEntry>,
): AuthenticateOutcome | Promise<AuthenticateOutcome> {
  const { audience, issuers, metadataUrl } = context.entry;
  return authenticateBearer(head, { metadataUrl, issuers, audience, tenant: 'any', tenants: [] }, context);
}

/**
 * The token is valid for one service URL, which must be that of the activity. It is signed with a key that is endorsed
 * for some channels, and that of the activity must be one of them.
 */
export function verify(request: InboundRequest, principal: TokenPrincipal | null): VerifyOutcome {
  if (principal === null) return verifiedByToken(null);
  const parsed = parseActivity(request.body);
  if (!parsed.ok) return { kind: 'malformed', code: parsed.code };
  if (!isForService(parsed.value, principal.claims)) return refused('ERR_VERIFY_TOKEN_SERVICE_URL', principal);
  if (!isEndorsed(parsed.value, principal.endorsements)) return refused('ERR_VERIFY_TOKEN_ENDORSEMENT', principal);
  return verifiedByToken(principal);
}

function refused(code: VerifyCode, principal: TokenPrincipal): VerifyOutcome {
  return { kind: 'refused', code, ...keyIdOf(principal.keyId) };
}

function isForService(activity: JsonObject, claims: JsonObject): boolean {
  const serviceUrl = textAt(activity, 'serviceUrl');
  return serviceUrl !== undefined && serviceUrl !== '' && textAt(claims, 'serviceurl') === serviceUrl;
}

function isEndorsed(activity: JsonObject, endorsements: readonly string[]): boolean {
  const channelId = textAt(activity, 'channelId');
  return channelId !== undefined && channelId !== '' && endorsements.includes(channelId);
}
