import { randomUUID } from 'node:crypto';
import type { Stack } from '@switchboard/local-stack';
import { type SourceId, sourceById } from '@switchboard/sources';
import { httpBytes } from '../../support/http-bytes.ts';

export interface RequestsOptions {
  readonly source: SourceId;
  readonly count: number;
  /** Gives every request its own token. By default they share one, as requests of a platform do until it expires. */
  readonly ownTokens?: boolean;
}

/** Signed requests of a source as HTTP bytes, each with its own conversation or call. */
export async function signedRequests(stack: Stack, { source, count, ownTokens = false }: RequestsOptions): Promise<Uint8Array[]> {
  const found = sourceById(source);
  if (found === undefined) throw new Error(`there is no source ${source}`);
  const signer = stack.signer(source);
  // The same claims give the same token; a unique id makes another one.
  const own = { ...signer, token: (claims: object) => signer.token({ ...claims, jti: randomUUID() }) };
  const requests: Uint8Array[] = [];
  while (requests.length < count) {
    for (const sample of await found.sample(ownTokens ? own : signer)) {
      if (requests.length < count) requests.push(httpBytes(sample, benchKey(randomUUID())));
    }
  }
  return requests;
}

/** One bot-framework message for each conversation id, the tenants taking turns. */
export async function messagesFor(stack: Stack, conversations: readonly string[], tenants: readonly string[]): Promise<Uint8Array[]> {
  const source = sourceById('bot-framework');
  const signer = stack.signer('bot-framework');
  const [template] = (await source?.sample(signer)) ?? [];
  if (template === undefined) throw new Error('bot-framework has no sample');
  const activity = JSON.parse(template.body.toString()) as { conversation: object };
  return conversations.map((id, index) => {
    const tenantId = tenants[index % tenants.length];
    const conversation = { ...activity.conversation, id, tenantId };
    const body = { ...activity, id: randomUUID(), conversation, channelData: { tenant: { id: tenantId } } };
    return httpBytes({ ...template, body: Buffer.from(JSON.stringify(body)) }, benchKey(id));
  });
}

/** For the bare server, which reads no body. */
const benchKey = (key: string): Record<string, string> => ({ 'x-bench-key': key });
