import {
  type AuthenticateContext,
  type AuthenticateOutcome,
  authenticateBearer,
  type BearerRule,
  type InboundHead,
} from '@switchboard/source-kit';
import type { CallingEntry } from './entry.ts';

/** Authenticates the calling platform by its token, which is the same for both protocol forms. */
export function authenticateCalling(
  head: InboundHead,
  context: AuthenticateContext<CallingEntry>,
): AuthenticateOutcome | Promise<AuthenticateOutcome> {
  return authenticateBearer(head, ruleOf(context.entry), context);
}

function ruleOf({ metadataUrl, issuers, audience, tenants }: CallingEntry): BearerRule {
  return { metadataUrl, issuers, audience, tenant: 'required', tenants };
}
