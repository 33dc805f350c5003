import { defineSource, verifiedByToken } from '@switchboard/source-kit';
import { callingConfig, toCallingEntry } from '../calling/entry.ts';
import { callingHeaders } from '../calling/headers.ts';
import { protocolFormOf } from '../calling/protocol-form.ts';
import { callingRoutes } from '../calling/routes.ts';
import { authenticateCalling } from '../calling/verify.ts';
import { classifyGraphCalling } from './classify.ts';
import { normalizeGraphCalling } from './normalize.ts';
import { sample, sign } from './sample.ts';

/** Calls of Teams as Microsoft Graph announces them: calls, rosters, tones and operations. */
export const graphCalling = defineSource({
  id: 'graph-calling',
  routes: callingRoutes,
  entryName: 'graph-calling',
  configSchema: callingConfig,
  toEntry: toCallingEntry,
  keySetUrls: (entry) => [entry.metadataUrl],
  keptHeaders: callingHeaders,
  authenticate: authenticateCalling,
  // The token says nothing about the body.
  verify: (_, principal) => verifiedByToken(principal),
  recognizes: (body) => protocolFormOf(body).kind === 'graph',
  classify: classifyGraphCalling,
  normalize: normalizeGraphCalling,
  sample,
  sign,
});
