import { type BearerRule, type InboundRequest, type VerifyContext, type VerifyOutcome, verifyBearer } from '@switchboard/source-kit';
import type { CallingEntry } from './entry.ts';

/** Proves the calling platform's token, which is the same for both protocol forms. */
export async function verifyCalling(request: InboundRequest, context: VerifyContext<CallingEntry>): Promise<VerifyOutcome> {
  const outcome = await verifyBearer(request, ruleOf(context.entry), context);
  return outcome.kind === 'verified' ? { kind: 'verified', principal: outcome.principal } : outcome;
}

function ruleOf({ metadataUrl, issuers, audience, tenants }: CallingEntry): BearerRule {
  return { metadataUrl, issuers, audience, tenant: 'required', tenants };
}
