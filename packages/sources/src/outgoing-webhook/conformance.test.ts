import { readFileSync } from 'node:fs';
import { sourceConformance } from '@switchboard/source-kit/testing';
import { describe, it } from 'vitest';
import { outgoingWebhook } from './index.ts';

const promises = sourceConformance(outgoingWebhook, 'HMAC', {
  entry: ({ hmacId, hmacKey, tenantId }) => ({
    ids: [hmacId],
    keys: [hmacKey],
    tenant: tenantId,
    name: 'Switchboard',
    reply: { default: { type: 'message', text: 'One moment.' } },
  }),
  bodies: [readFileSync(new URL('fixtures/message.json', import.meta.url))],
});

describe('outgoing-webhook', () => {
  for (const promise of promises) it(promise.name, promise.run);
});
