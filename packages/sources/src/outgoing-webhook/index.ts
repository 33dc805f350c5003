import { defineSource } from '@switchboard/source-kit';
import { normalizeActivity } from '../activity/normalize.ts';
import { classify } from './classify.ts';
import { configSchema, toEntry } from './entry.ts';
import { findApp } from './lookup.ts';
import { sample, sign } from './sample.ts';
import { authenticate, verify } from './verify.ts';

/** Outgoing webhooks of Teams: a person mentions the webhook in a channel, the answer appears in the thread. */
export const outgoingWebhook = defineSource({
  id: 'outgoing-webhook',
  routes: [{ method: 'POST', path: '/outgoing-webhook' }],
  entryName: 'outgoing-webhook',
  configSchema,
  toEntry,
  keySetUrls: () => [],
  findApp,
  lookupValues: ({ ids }) => ids,
  keptHeaders: ['content-type', 'x-ms-conversation-id', 'x-ms-tenant-id'],
  authenticate,
  verify,
  recognizes: () => true,
  classify,
  normalize: normalizeActivity,
  sample,
  sign,
});
