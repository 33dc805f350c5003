import { defineSource } from '@switchboard/source-kit';
import { normalizeActivity } from '../activity/normalize.ts';
import { classify } from './classify.ts';
import { configSchema, toEntry } from './entry.ts';
import { sample, sign } from './sample.ts';
import { authenticate, verify } from './verify.ts';

/** Activities that the channels of the Bot Framework, Teams above all, post to a bot. */
export const botFramework = defineSource({
  id: 'bot-framework',
  routes: [{ method: 'POST', path: '/bot-framework/:app' }],
  entryName: 'bot-framework',
  configSchema,
  toEntry,
  keySetUrls: (entry) => [entry.metadataUrl],
  keptHeaders: ['content-type', 'x-ms-conversation-id', 'x-ms-tenant-id'],
  authenticate,
  verify,
  recognizes: () => true,
  classify,
  normalize: normalizeActivity,
  sample,
  sign,
});
