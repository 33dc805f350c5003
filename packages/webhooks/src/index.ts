export { type AddressRule, createAddressRule, literalAddress } from './address-rule.ts';
export { addressAllowRule, addressVariables } from './address-settings.ts';
export type { AttemptCode } from './attempt-code.ts';
export { createHttpClient, type HttpClient, type HttpClientOptions, type OutgoingRequest } from './http-client.ts';
export type { SendOutcome } from './send-outcome.ts';
export { type OutgoingDelivery, type WebhookRequest, webhookRequest } from './webhook-request.ts';
export { targetOf, type WebhookTarget } from './webhook-target.ts';
