import {
  type AuthenticateContext,
  type AuthenticateOutcome,
  authenticateBearer,
  type BearerRule,
  type InboundHead,
} from '@switchboard/source-kit';
import type { UcwaEntry } from './entry.ts';

/** Application id of Skype for Business Online, which posts the notifications. */
export const skypeForBusinessAppId = '00000004-0000-0ff1-ce00-000000000000';

/** Issuer of version 1.0 tokens: the token's own tenant, so that the shared key set of all tenants cannot mix them up. */
const ISSUER = 'https://sts.windows.net/{tid}/';

/** An Azure AD v1 token of Skype for Business for this app's audience, of a tenant that the app admits. */
export function authenticate(
  head: InboundHead,
  context: AuthenticateContext<UcwaEntry>,
): AuthenticateOutcome | Promise<AuthenticateOutcome> {
  return authenticateBearer(head, ruleOf(context.entry), context);
}

function ruleOf({ audience, tenants, metadataUrl }: UcwaEntry): BearerRule {
  return {
    metadataUrl,
    issuers: [ISSUER],
    audience,
    tenant: 'required',
    tenants,
    claims: [
      { name: 'appid', value: skypeForBusinessAppId, ignoreCase: true },
      { name: 'ver', value: '1.0' },
    ],
  };
}
