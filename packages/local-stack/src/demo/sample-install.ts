import { eventTypes } from '@switchboard/contracts';

/** Id of the install whose webhooks all lead to the sample receiver. */
export const SAMPLE_INSTALL_ID = 'sample-receiver';

/** An install that takes every event type, of every app, to the endpoint. */
export function sampleInstall(endpoint: string, signingSecret: string): object {
  const webhooks = Object.fromEntries(Object.keys(eventTypes).map((type) => [type, { endpoint, max_retries: 2 }]));
  return { client_name: 'Sample receiver', capabilities: { webhooks }, signing_secret: signingSecret };
}
