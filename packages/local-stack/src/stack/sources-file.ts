import { stringify } from 'yaml';
import type { Issuer } from '../issuer/start-issuer.ts';
import { HMAC_ID, senders, TENANT_ID } from './senders.ts';

export interface SourcesFileOptions {
  readonly issuer: Issuer;
  readonly routingKeyFile: string;
  readonly hmacKeyFile: string;
  /** How long the outgoing webhook waits for a reply before its default goes out; the source's own default unless given. */
  readonly replyWaitMs?: number | undefined;
  /** Base URL of this stack's ingress. */
  readonly ingressUrl: string;
  /** Base URL of the region `amer`, where calls of that region are sent to. */
  readonly otherRegionUrl: string;
}

const REPLY = { type: 'message', text: 'Thank you, we are looking into it.' };

/** Text of SOURCES_FILE: an app for every source, with the local issuer in place of the published ones. */
export function sourcesFile(options: SourcesFileOptions): string {
  const { issuers } = options.issuer;
  const wait = options.replyWaitMs === undefined ? {} : { waitMs: options.replyWaitMs };
  return stringify({
    routingTokenKeys: [{ file: options.routingKeyFile }],
    regions: { self: 'emea', table: { emea: options.ingressUrl, amer: options.otherRegionUrl } },
    apps: {
      'contoso-bot': {
        'graph-calling': {
          audience: senders['graph-calling'].audience,
          metadataUrl: issuers.calling.metadataUrl,
          tenants: [TENANT_ID],
          regions: { byCountry: { US: 'amer' } },
        },
        'bot-framework': {
          audience: senders['bot-framework'].audience,
          metadataUrl: issuers['bot-framework'].metadataUrl,
        },
      },
      'support-hook': {
        'outgoing-webhook': { ids: [HMAC_ID], keys: [{ file: options.hmacKeyFile }], reply: { ...wait, default: REPLY } },
      },
      litware: {
        ucwa: { audience: senders.ucwa.audience, metadataUrl: issuers.ucwa.metadataUrl, tenants: [TENANT_ID] },
      },
    },
  });
}
