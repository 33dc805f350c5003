import { defineSource, verifiedByToken } from '@switchboard/source-kit';
import { callingConfig, toCallingEntry } from '../calling/entry.ts';
import { callingHeaders } from '../calling/headers.ts';
import { protocolFormOf } from '../calling/protocol-form.ts';
import { callingRoutes } from '../calling/routes.ts';
import { authenticateCalling } from '../calling/verify.ts';
import { classifyLegacyCalling } from './classify.ts';
import { normalizeLegacyCalling } from './normalize.ts';
import { sample, sign } from './sample.ts';

/** The protocol of Skype calling, in which the platform announces a call before it learns that we speak Graph. */
export const legacyCalling = defineSource({
  id: 'legacy-calling',
  routes: callingRoutes,
  entryName: 'graph-calling',
  configSchema: callingConfig,
  toEntry: toCallingEntry,
  keySetUrls: (entry) => [entry.metadataUrl],
  keptHeaders: callingHeaders,
  replyKind: 'workflow',
  authenticate: authenticateCalling,
  // The token says nothing about the body.
  verify: (_, principal) => verifiedByToken(principal),
  recognizes: (body) => protocolFormOf(body).kind === 'legacy',
  classify: classifyLegacyCalling,
  normalize: normalizeLegacyCalling,
  sample,
  sign,
});
