import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReceivedDelivery } from '@switchboard/local-stack';
import { request } from 'undici';
import { parse, stringify } from 'yaml';
import { eventually, startTestStack, type TestStack } from './test-stack.ts';

const TENANT = '1fdd12d0-4620-44ed-baec-459b611f84b2';

/** Times of the tokens that the specifications print. */
export const PUBLISHED_TIMES = { iat: 1466741440, nbf: 1466741440, exp: 1466745340 } as const;

/** Claims of the specification of call notifications, without times. */
export const CALLING_CLAIMS = { aud: '0efc74f7-41c3-47a4-8775-7259bfef4241', iss: 'https://api.botframework.com', tid: TENANT } as const;

/** Claims of the specification of UCWA webhooks, without times. */
export const UCWA_CLAIMS = {
  aud: 'https://litware.com',
  iss: `https://sts.windows.net/${TENANT}/`,
  appid: '00000004-0000-0ff1-ce00-000000000000',
  appidacr: '2',
  idp: `https://sts.windows.net/${TENANT}/`,
  oid: '2d452913-80c9-4b56-8419-43a7da179822',
  sub: '2d452913-80c9-4b56-8419-43a7da179822',
  tid: TENANT,
  ver: '1.0',
} as const;

const EVENT_TYPES = [
  'ms.MessagingEventNotification.ContentEvent',
  'cqm.ExConversationChangeNotification',
  'calling.CallNotification.IncomingCallEvent',
  'calling.CallNotification.CallStateEvent',
  'calling.CallNotification.ProtocolDeterminationEvent',
];
const PATH = '/examples';

/** The one change of a webhook body, as far as it is looked at, with the type of its event. */
export interface Change extends Readonly<Record<string, unknown>> {
  readonly eventType: string;
}

export interface SpecStackOptions {
  /** Keys of outgoing webhooks by lookup id, base64. */
  readonly keys: Readonly<Record<string, string>>;
  /** What an outgoing webhook is answered. */
  readonly reply: object;
}

export interface SpecStack extends TestStack {
  /** Changes delivered whose text holds this, once there are `count`. */
  changesAbout(text: string, count?: number): Promise<readonly Change[]>;
}

/** A stack with the registrations of the specifications' examples, `published`, `litware` and one outgoing webhook a key. */
export async function startSpecStack({ keys, reply }: SpecStackOptions): Promise<SpecStack> {
  const stack = await startTestStack();
  const sources = parse(await readFile(join(stack.dataDir, 'sources.yaml'), 'utf8'));
  const { calling, ucwa } = stack.issuer.issuers;
  delete sources.apps['support-hook'];
  sources.apps.published = { 'graph-calling': { audience: CALLING_CLAIMS.aud, tenants: [TENANT], metadataUrl: calling.metadataUrl } };
  sources.apps.litware = { ucwa: { audience: UCWA_CLAIMS.aud, tenants: [TENANT], metadataUrl: ucwa.metadataUrl } };
  for (const [id, key] of Object.entries(keys)) {
    const file = join(stack.dataDir, 'secrets', `key-of-${id}`);
    await writeFile(file, key);
    sources.apps[`hook-${id}`] = { 'outgoing-webhook': { ids: [id], keys: [{ file }], reply: { waitMs: 200, default: reply } } };
  }
  await stack.writeSources(stringify(sources));
  // An app that the file does not have yet is refused like a wrong token; afterwards the empty body is what is wrong.
  const authorization = `Bearer ${calling.token(CALLING_CLAIMS)}`;
  await eventually(async () => {
    const answer = await request(`${stack.ingressUrl}/calling/published`, { method: 'POST', headers: { authorization }, body: '{}' });
    await answer.body.dump();
    return answer.statusCode === 400 ? true : undefined;
  });
  const webhooks = Object.fromEntries(EVENT_TYPES.map((type) => [type, { endpoint: `${stack.receiver.origin}${PATH}` }]));
  await stack.install('examples', { client_name: 'examples', capabilities: { webhooks } });

  const changes = (text: string) =>
    stack.receiver
      .deliveries(PATH)
      .filter(({ body }) => body.includes(text))
      .map(changeOf);
  return {
    ...stack,
    changesAbout: (text, count = 1) => eventually(() => (changes(text).length >= count ? changes(text) : undefined)),
  };
}

function changeOf({ body, headers }: ReceivedDelivery): Change {
  return { ...JSON.parse(body.toString('utf8')).body.changes[0], eventType: String(headers['ce-type']) };
}
