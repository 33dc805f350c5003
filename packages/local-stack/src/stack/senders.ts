import type { SampleSigner } from '@switchboard/source-kit';
import type { IssuerName } from '../issuer/issuer-names.ts';
import type { Issuer } from '../issuer/start-issuer.ts';
import { type Credentials, writePrivately } from './credentials.ts';

/** The app that the stack is configured with for each source, and who signs for it. */
export const senders = {
  'graph-calling': { app: 'contoso-bot', audience: '11111111-2222-4333-8444-555555555555', issuer: 'calling' },
  'legacy-calling': { app: 'contoso-bot', audience: '11111111-2222-4333-8444-555555555555', issuer: 'calling' },
  ucwa: { app: 'litware', audience: 'https://litware.example', issuer: 'ucwa' },
  'outgoing-webhook': { app: 'support-hook', audience: 'support-hook', issuer: 'bot-framework' },
  'bot-framework': { app: 'contoso-bot', audience: '11111111-2222-4333-8444-555555555555', issuer: 'bot-framework' },
} as const satisfies Record<string, { readonly app: string; readonly audience: string; readonly issuer: IssuerName }>;

/** Sources that the stack can send for. */
export type SenderName = keyof typeof senders;

export const senderNames = Object.keys(senders) as SenderName[];

/** The one tenant that the stack's apps admit. */
export const TENANT_ID = '72f988bf-0000-4000-8000-2d7cd011db47';

/** Id under which the outgoing webhook's key is looked up. */
export const HMAC_ID = 'contoso';

/** A signer of samples for the source, with the issuer's present key. */
export function signerFor(source: SenderName, issuer: Issuer, credentials: Credentials, now?: number): SampleSigner {
  const sender = senders[source];
  return issuer.issuers[sender.issuer].signer({
    app: sender.app,
    audience: sender.audience,
    tenantId: TENANT_ID,
    hmacKey: credentials.hmacKey,
    hmacId: HMAC_ID,
    ...(now === undefined ? {} : { now }),
  });
}

/** Writes what a process of its own needs to sign samples: the members of createSampleSigner, by source. */
export async function writeSendersFile(file: string, issuer: Issuer, credentials: Credentials): Promise<void> {
  const entries = senderNames.map((source) => {
    const sender = senders[source];
    const { kid, privateKeys } = issuer.issuers[sender.issuer];
    const options = {
      app: sender.app,
      audience: sender.audience,
      tenantId: TENANT_ID,
      issuerKey: { kid, key: privateKeys()[0] },
      hmacKey: credentials.hmacKey,
      hmacId: HMAC_ID,
    };
    return [source, options] as const;
  });
  await writePrivately(file, JSON.stringify(Object.fromEntries(entries), null, 1));
}
