export { type AuthorizationHead, type Credential, credentialOf } from './authorization.ts';
export { digest } from './body/digest.ts';
export {
  isJsonList,
  isJsonObject,
  type Json,
  type JsonObject,
  type JsonPath,
  listAt,
  textAt,
  valueAt,
} from './body/json.ts';
export { oncePerBody } from './body/once-per-body.ts';
export { type ParsedJson, type ParsedObject, parseJson, parseJsonObject } from './body/parse-json.ts';
export { redact, redacted, type Secrets } from './body/redact.ts';
export { extensionsText, remainder } from './body/remainder.ts';
export { timeOf } from './body/time.ts';
export { type CheckedReply, checkReply, maxReplyBytes, type ReplyCode } from './check-reply.ts';
export { createSampleSigner, type SampleSignerOptions } from './create-sample-signer.ts';
export { type EntryValidation, entryKeywords } from './entry/keywords.ts';
export { replySchema, secretReference } from './entry/schemas.ts';
export { secretText } from './entry/secret-text.ts';
export { type Acts, ERRORS, type ErrorCode, type ErrorEntry } from './errors.ts';
export { parseHmacKey } from './hmac/keys.ts';
export { authenticateHmac, type HmacOutcome, signHmac, verifyHmac } from './hmac/verify-hmac.ts';
export { createKeySets } from './key-sets/create-key-sets.ts';
export type { FetchFailure, KeyRefusal, KeySetReport, KeySetsOptions, RefusedKey } from './key-sets/options.ts';
export type { IssuerKey, KeyLookup, KeySets } from './key-sets.ts';
export type { ReplyKind } from './reply-kind.ts';
export { maxRoutingKeyLength } from './routing-key.ts';
export { createRoutingTokens, type RoutingTokens, routingTokenKeyProblem } from './routing-tokens.ts';
export type { SampleSigner } from './sample-signer.ts';
export {
  type Answer,
  type AuthenticateContext,
  type AuthenticateOutcome,
  type BodyCode,
  type Classification,
  type ClassifyCode,
  type ClassifyContext,
  type Disposition,
  defineSource,
  type EntryContext,
  type InboundHead,
  type InboundRequest,
  type NormalizeCode,
  type NormalizeOutcome,
  type Principal,
  type Route,
  type Routing,
  type SampleHead,
  type SampleRequest,
  type SecretOutcome,
  type SecretResolver,
  type Source,
  type TokenPrincipal,
  type VerifyCode,
  type VerifyContext,
  type VerifyOutcome,
} from './source.ts';
export { authenticateBearer, type BearerOutcome } from './token/authenticate-bearer.ts';
export type { Claims } from './token/claims.ts';
export { keyIdOf } from './token/key-id.ts';
export type { BearerRule, RequiredClaim } from './token/rule.ts';
export { verifiedByToken } from './token/verified-by-token.ts';
