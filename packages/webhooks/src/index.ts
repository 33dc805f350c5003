export { type AddressRule, createAddressRule, literalAddress } from './address-rule.ts';
export { addressAllowRule, addressVariables } from './address-settings.ts';
export type { AttemptCode } from './attempt-code.ts';
export { createHttpClient, type HttpClient } from './http-client.ts';
export type { SendOutcome } from './send-outcome.ts';
export { EXCERPT_BYTES } from './send-outcome.ts';
export { webhookRequest } from './webhook-request.ts';
export { targetOf } from './webhook-target.ts';
