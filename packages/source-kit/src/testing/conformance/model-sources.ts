import { httpsUrl, strictObject, Type, text } from '@switchboard/validation';
import { digest } from '../../body/digest.ts';
import { type JsonObject, textAt } from '../../body/json.ts';
import { parseJsonObject } from '../../body/parse-json.ts';
import { secretReference } from '../../entry/schemas.ts';
import { secretText } from '../../entry/secret-text.ts';
import { authenticateHmac, verifyHmac } from '../../hmac/verify-hmac.ts';
import { maxRoutingKeyLength } from '../../routing-key.ts';
import type { SampleSigner } from '../../sample-signer.ts';
import { defineSource, type NormalizeOutcome, type SampleHead, type Source } from '../../source.ts';
import { authenticateBearer } from '../../token/authenticate-bearer.ts';
import { verifiedByToken } from '../../token/verified-by-token.ts';
import type { ConformanceOptions } from './options.ts';

const eventType = 'switchboard.UnmappedNotification';

function normalize(body: Buffer): NormalizeOutcome {
  const parsed = parseJsonObject(body);
  if (!parsed.ok) return { kind: 'rejected', code: parsed.code };
  const record = {
    occurredAt: 0,
    tenantId: null,
    conversationId: textAt(parsed.value, 'conversation') || 'none',
    sequence: null,
    kind: 'model',
    body: '{}',
    extensions: JSON.stringify(redactSecret(parsed.value)),
  };
  return { kind: 'events', events: [{ type: eventType, topic: 'events.messaging.v1', record }] };
}

function redactSecret(value: JsonObject): JsonObject {
  return { ...value, secret: null };
}

const configSchema = strictObject({ audience: text(), metadataUrl: httpsUrl(), tenants: Type.Array(text()) });

export async function signBearer(signer: SampleSigner): Promise<SampleHead> {
  const claims = { aud: signer.audience, tid: signer.tenantId, iss: `https://sts.windows.net/${signer.tenantId}/` };
  const headers = {
    Authorization: `Bearer ${await signer.token(claims)}`,
    'Content-Type': 'application/json',
    'Request-Id': signer.id(),
  };
  return { method: 'POST', target: `/model/${signer.app}?x=1`, headers };
}

export async function signHmac(signer: SampleSigner, body: Buffer): Promise<SampleHead> {
  return { method: 'POST', target: `/model/${signer.app}`, headers: { authorization: signer.hmac(body) } };
}

/** The smallest source that keeps every promise with tokens. */
export const bearerModel = defineSource({
  id: 'model',
  routes: [{ method: 'POST', path: '/model/:app/:context?' }],
  entryName: 'model',
  configSchema,
  toEntry: (config) => config,
  keySetUrls: ({ metadataUrl }) => [metadataUrl],
  keptHeaders: ['content-type'],
  authenticate(head, context) {
    const { audience, metadataUrl, tenants } = context.entry;
    const rule = { metadataUrl, audience, issuers: ['https://sts.windows.net/{tid}/'], tenant: 'required', tenants } as const;
    return authenticateBearer(head, rule, context);
  },
  verify: (_, principal) => verifiedByToken(principal),
  recognizes: (body) => parseJsonObject(body).ok,
  classify(request) {
    const parsed = parseJsonObject(request.body);
    if (!parsed.ok) return { kind: 'malformed', code: parsed.code };
    const routingKey = textAt(parsed.value, 'conversation') || 'none';
    if (routingKey.length > maxRoutingKeyLength) return { kind: 'malformed', code: 'ERR_CLASSIFY_ROUTING_KEY' };
    const answer = { status: 202, headers: {}, body: '' };
    return {
      kind: 'classified',
      disposition: 'accepted',
      routingKey,
      dedupeKey: digest(request.body),
      answer,
    };
  },
  normalize: (raw) => normalize(raw.body),
  async sample(signer) {
    const body = Buffer.from(JSON.stringify({ conversation: signer.id(), text: 'hello' }));
    return [{ name: 'hello', ...(await signBearer(signer)), body, eventTypes: [eventType] }];
  },
  sign: signBearer,
}) as Source;

const hmacConfig = strictObject({ keys: Type.Array(secretReference('hmac-key')) });

/** The same with a shared key. */
export const hmacModel = defineSource<string, typeof hmacConfig, { readonly keys: readonly Buffer[] }>({
  ...bearerModel,
  configSchema: hmacConfig,
  toEntry: ({ keys }, context) => ({ keys: keys.map((key) => Buffer.from(secretText(key, context), 'base64')) }),
  keySetUrls: () => [],
  authenticate: async (head) => authenticateHmac(head),
  verify(request, _, context) {
    const outcome = verifyHmac(request, context.entry.keys);
    if (outcome.kind !== 'verified') return outcome;
    return { kind: 'verified', principal: { scheme: 'hmac', issuer: null, subject: null, tenantId: null, keyId: null } };
  },
  async sample(signer) {
    const body = Buffer.from(JSON.stringify({ conversation: 'c', text: 'hello' }));
    return [{ name: 'hello', ...(await signHmac(signer, body)), body, eventTypes: [eventType] }];
  },
  sign: signHmac,
}) as Source;

export const bearerOptions: ConformanceOptions = {
  entry: ({ audience, metadataUrl, tenantId }) => ({ audience, metadataUrl, tenants: [tenantId] }),
  secretBodies: [{ name: 'secret', body: { conversation: 'c', secret: 'hidden' }, secrets: ['hidden'] }],
  runs: 50,
};
export const hmacOptions: ConformanceOptions = { ...bearerOptions, entry: ({ hmacKey }) => ({ keys: [hmacKey] }) };
