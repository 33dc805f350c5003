import {
  type InboundRequest,
  type JsonObject,
  parseJsonObject,
  textAt,
  type VerifyContext,
  type VerifyOutcome,
  verifyBearer,
} from '@switchboard/source-kit';
import type { BotFrameworkEntry } from './entry.ts';

/**
 * A token of the channel service for this bot. It holds for one service URL, which must be the one of the activity, and
 * is signed with a key that vouches for some channels, among which must be the one of the activity.
 */
export async function verify(request: InboundRequest, context: VerifyContext<BotFrameworkEntry>): Promise<VerifyOutcome> {
  const { audience, issuers, metadataUrl } = context.entry;
  const outcome = await verifyBearer(request, { metadataUrl, issuers, audience, tenant: 'any', tenants: [] }, context);
  if (outcome.kind !== 'verified') return outcome;
  const parsed = parseJsonObject(request.body);
  if (!parsed.ok) return { kind: 'malformed', code: parsed.code };
  if (!isForService(parsed.value, outcome.claims)) return { kind: 'refused', code: 'ERR_VERIFY_TOKEN_SERVICE_URL' };
  if (!isEndorsed(parsed.value, outcome.endorsements)) return { kind: 'refused', code: 'ERR_VERIFY_TOKEN_ENDORSEMENT' };
  return { kind: 'verified', principal: outcome.principal };
}

function isForService(activity: JsonObject, claims: JsonObject): boolean {
  const serviceUrl = textAt(activity, 'serviceUrl');
  return serviceUrl !== undefined && serviceUrl !== '' && textAt(claims, 'serviceurl') === serviceUrl;
}

function isEndorsed(activity: JsonObject, endorsements: readonly string[]): boolean {
  const channelId = textAt(activity, 'channelId');
  return channelId !== undefined && channelId !== '' && endorsements.includes(channelId);
}
