import { defineSource, verifiedByToken } from '@switchboard/source-kit';
import { classify } from './classify.ts';
import { configSchema, toEntry } from './entry.ts';
import { normalize } from './normalize.ts';
import { sample, sign } from './sample.ts';
import { authenticate } from './verify.ts';

/** Webhooks of the Trusted Application API of Skype for Business, in the event format of UCWA. */
export const ucwa = defineSource({
  id: 'ucwa',
  routes: [
    { method: 'POST', path: '/ucwa/:app' },
    { method: 'POST', path: '/ucwa/:app/*' },
    { method: 'GET', path: '/ucwa/:app' },
    { method: 'GET', path: '/ucwa/:app/*' },
  ],
  entryName: 'ucwa',
  configSchema,
  toEntry,
  keySetUrls: (entry) => [entry.metadataUrl],
  keptHeaders: ['content-type', 'client-request-id', 'x-ms-correlation-id'],
  authenticate,
  // The token says nothing about the body.
  verify: (_, principal) => verifiedByToken(principal),
  recognizes: () => true,
  classify,
  normalize,
  sample,
  sign,
});
