import { describe, expect, it } from 'vitest';
import { digest } from '../../body/digest.ts';
import { type JsonObject, textAt } from '../../body/json.ts';
import { parseJsonObject } from '../../body/parse-json.ts';
import { listOf, objectOf } from '../../entry/compound-members.ts';
import type { ValueOf } from '../../entry/member-reader.ts';
import { readEntryWith } from '../../entry/read-entry.ts';
import { converted, httpsUrl, secret, text } from '../../entry/scalar-members.ts';
import { parseHmacKey } from '../../hmac/keys.ts';
import { authenticateHmac, verifyHmac } from '../../hmac/verify-hmac.ts';
import { maxRoutingKeyLength } from '../../routing-key.ts';
import type { SampleSigner } from '../../sample-signer.ts';
import { defineSource, type NormalizeOutcome, type SampleHead, type Source } from '../../source.ts';
import { authenticateBearer } from '../../token/authenticate-bearer.ts';
import { verifiedByToken } from '../../token/verified-by-token.ts';
import type { ConformanceOptions } from './options.ts';
import { sourceConformance } from './source-conformance.ts';

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

const entry = objectOf({ audience: text(), metadataUrl: httpsUrl(), tenants: listOf(text()) });

async function signBearer(signer: SampleSigner): Promise<SampleHead> {
  const claims = { aud: signer.audience, tid: signer.tenantId, iss: `https://sts.windows.net/${signer.tenantId}/` };
  const headers = {
    Authorization: `Bearer ${await signer.token(claims)}`,
    'Content-Type': 'application/json',
    'Request-Id': signer.id(),
  };
  return { method: 'POST', target: `/model/${signer.app}?x=1`, headers };
}

async function signHmac(signer: SampleSigner, body: Buffer): Promise<SampleHead> {
  return { method: 'POST', target: `/model/${signer.app}`, headers: { authorization: signer.hmac(body) } };
}

/** The smallest source that keeps every promise with tokens. */
const bearerModel = defineSource({
  id: 'model',
  routes: [{ method: 'POST', path: '/model/:app/:context?' }],
  entryName: 'model',
  readEntry: (value, context) => readEntryWith(entry, value, context),
  keySetUrls: ({ metadataUrl }: ValueOf<typeof entry>) => [metadataUrl],
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

const hmacEntry = objectOf({
  keys: listOf(
    converted(secret(), (value) => {
      const parsed = parseHmacKey(value);
      return parsed.ok ? { ok: true, value: parsed.key } : { ok: false, rule: parsed.problem };
    }),
  ),
});

/** The same with a shared key. */
const hmacModel = defineSource<string, ValueOf<typeof hmacEntry>>({
  ...bearerModel,
  readEntry: (value, context) => readEntryWith(hmacEntry, value, context),
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

const bearerOptions: ConformanceOptions = {
  entry: ({ audience, metadataUrl, tenantId }) => ({ audience, metadataUrl, tenants: [tenantId] }),
  secretBodies: [{ name: 'secret', body: { conversation: 'c', secret: 'hidden' }, secrets: ['hidden'] }],
  runs: 50,
};
const hmacOptions: ConformanceOptions = { ...bearerOptions, entry: ({ hmacKey }) => ({ keys: [hmacKey] }) };

describe('a source that keeps its promises', () => {
  for (const promise of sourceConformance(bearerModel, 'Bearer', bearerOptions)) it(`with tokens ${promise.name}`, promise.run);
  for (const promise of sourceConformance(hmacModel, 'HMAC', hmacOptions)) it(`with a shared key ${promise.name}`, promise.run);
});

describe('a source that breaks a promise fails the case of it', () => {
  const principal = { scheme: 'bearer', issuer: null, subject: null, tenantId: null, keyId: null } as const;
  const tokenPrincipal = { ...principal, claims: {}, endorsements: [] };
  const anybody = async () => ({ kind: 'authenticated', principal: tokenPrincipal }) as const;
  let runs = 0;
  const without = (check: (...args: Parameters<Source['authenticate']>) => boolean): Partial<Source> => ({
    authenticate: async (head, context) => (check(head, context) ? anybody() : bearerModel.authenticate(head, context)),
  });
  const claimsOf = (authorization: string | undefined) => {
    try {
      return JSON.parse(Buffer.from(authorization?.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
    } catch {
      return {};
    }
  };

  const broken: readonly (readonly [string, RegExp, Partial<Source>])[] = [
    ['authenticates anybody', /without an Authorization header/, { authenticate: anybody }],
    ['authenticates anybody', /single bit of its signature/, { authenticate: anybody }],
    ['authenticates anybody', /key outside the key set/, { authenticate: anybody }],
    ['looks for a body before it is read', /never looks for a body/, without((head) => 'body' in head)],
    [
      'leaves its token to verify',
      /whether a token is valid/,
      { authenticate: async () => ({ kind: 'needs-body' }), verify: () => ({ kind: 'verified', principal }) },
    ],
    [
      'refuses a token in verify only',
      /single bit of its signature/,
      { authenticate: anybody, verify: () => ({ kind: 'refused', code: 'ERR_VERIFY_TOKEN_SIGNATURE' }) },
    ],
    [
      'verifies what authenticate did not authenticate',
      /no token that authenticate did not authenticate/,
      { verify: () => ({ kind: 'verified', principal }) },
    ],
    [
      'stores the claims of a token',
      /the five members that are stored/,
      { verify: (_, authenticated) => (authenticated === null ? verifiedByToken(null) : { kind: 'verified', principal: authenticated }) },
    ],
    ['looks for the token elsewhere too', /in any other header/, without(({ headers }) => headers.authentication !== undefined)],
    ['takes the first of two headers', /second Authorization header/, without(({ duplicateHeaders }) => duplicateHeaders.length > 0)],
    [
      'does not look at the audience',
      /another audience/,
      without(({ headers }) => claimsOf(headers.authorization).aud === 'urn:another-audience'),
    ],
    [
      'does not look at the tenant',
      /another tenant/,
      without(({ headers }) => String(claimsOf(headers.authorization).tid).startsWith('9999')),
    ],
    [
      'does not look at the expiry',
      /expiry of 300 seconds ago/,
      without(({ headers }) => claimsOf(headers.authorization).exp !== undefined),
    ],
    [
      'has no patience with clocks',
      /edges of the clock skew/,
      {
        authenticate: async (head, context) => {
          const { exp = 0 } = claimsOf(head.headers.authorization) as { exp?: number };
          return exp * 1000 < context.now ? { kind: 'refused', code: 'ERR_VERIFY_TOKEN_EXPIRED' } : bearerModel.authenticate(head, context);
        },
      },
    ],
    [
      'refuses when it has no keys',
      /while no key set can be had/,
      {
        authenticate: async (head, context) => {
          const outcome = await bearerModel.authenticate(head, context);
          return outcome.kind === 'unavailable' ? { kind: 'refused', code: 'ERR_VERIFY_TOKEN_KEY_UNKNOWN' } : outcome;
        },
      },
    ],
    [
      'throws on some bodies',
      /never throws/,
      {
        normalize: (raw) => {
          JSON.parse(raw.body.toString());
          return bearerModel.normalize(raw);
        },
      },
    ],
    [
      'normalizes otherwise the second time',
      /never throws/,
      {
        normalize: (raw) => {
          const outcome = bearerModel.normalize(raw);
          return runs++ % 2 === 0 || outcome.kind !== 'events' ? outcome : { ...outcome, events: [...outcome.events, ...outcome.events] };
        },
      },
    ],
    [
      'changes the raw record',
      /never throws/,
      {
        normalize: (raw) => {
          raw.body.fill(0x20, 0, 1);
          return bearerModel.normalize(raw);
        },
      },
    ],
    [
      'makes records of wrong types',
      /never throws/,
      {
        normalize: (raw) => {
          const outcome = bearerModel.normalize(raw);
          if (outcome.kind !== 'events') return outcome;
          return {
            kind: 'events',
            events: outcome.events.map((event) => ({ ...event, record: { ...event.record, occurredAt: 'now' } }) as never),
          };
        },
      },
    ],
    [
      'has an empty routing key',
      /never throws/,
      {
        classify: (request, context) => {
          const classification = bearerModel.classify(request, context);
          return classification.kind === 'classified' && classification.routingKey === 'none'
            ? { ...classification, routingKey: '' }
            : classification;
        },
      },
    ],
    [
      'has a routing key of any length',
      /no routing key of more than/,
      {
        classify: (request, context) => {
          const classification = bearerModel.classify({ ...request, body: Buffer.from('{}') }, context);
          const routingKey = textAt(JSON.parse(request.body.toString()), 'conversation') || 'none';
          return classification.kind === 'classified' ? { ...classification, routingKey } : classification;
        },
      },
    ],
    [
      'counts a repetition as something new',
      /sent again/,
      {
        classify: (request, context) => {
          const classification = bearerModel.classify(request, context);
          return classification.kind === 'classified' ? { ...classification, dedupeKey: request.notificationId } : classification;
        },
      },
    ],
    [
      'makes other events than its sample says',
      /event types that it names/,
      { normalize: () => ({ kind: 'empty', code: 'ERR_NORMALIZE_EMPTY' }) },
    ],
    [
      'repeats an id when it signs',
      /signs any body/,
      {
        sign: async (signer) => ({
          ...(await signBearer(signer)),
          headers: (await bearerModel.sample({ ...signer, id: () => 'same' }))[0]?.headers ?? {},
        }),
      },
    ],
    [
      'signs for another address',
      /signs any body/,
      { sign: async (signer) => ({ ...(await signBearer(signer)), target: '/model/another-app' }) },
    ],
    ['keeps the credential', /holds a credential/, { keptHeaders: ['content-type', 'authorization'] }],
    ['keeps a header in mixed case', /holds a credential/, { keptHeaders: ['Content-Type'] }],
    [
      'lets a member of its entry pass unread',
      /does not know/,
      {
        readEntry: (value, context) => {
          const { unheardOf: _, ...known } = Object(value) as Record<string, unknown>;
          return bearerModel.readEntry(value === null || Array.isArray(value) || typeof value !== 'object' ? value : known, context);
        },
      },
    ],
    [
      'lets a secret out',
      /lets no secret/,
      {
        normalize: (raw) => {
          const outcome = bearerModel.normalize(raw);
          if (outcome.kind !== 'events') return outcome;
          return {
            kind: 'events',
            events: outcome.events.map((event) => ({ ...event, record: { ...event.record, extensions: raw.body.toString() } }) as never),
          };
        },
      },
    ],
  ];
  it.each(broken)('when it %s: %s', async (_, name, changes) => {
    const cases = sourceConformance({ ...bearerModel, ...changes }, 'Bearer', bearerOptions).filter((promise) => name.test(promise.name));
    expect(cases).toHaveLength(1);
    await expect(cases[0]?.run()).rejects.toThrow();
  });

  it('when it takes the bodies of its sibling', async () => {
    const cases = sourceConformance(bearerModel, 'Bearer', { ...bearerOptions, siblings: [bearerModel] });
    await expect(cases.find((promise) => promise.name.startsWith('shares'))?.run()).rejects.toThrow('model takes hello');
  });

  it('when it signs another body than it is given', async () => {
    const sign: Source['sign'] = (signer) => signHmac(signer, Buffer.from('{}'));
    const cases = sourceConformance({ ...hmacModel, sign }, 'HMAC', hmacOptions);
    await expect(cases.find((promise) => promise.name.startsWith('signs any body'))?.run()).rejects.toThrow('ERR_VERIFY_HMAC_MISMATCH');
  });

  it('when it authenticates a MAC without its body', async () => {
    const cases = sourceConformance({ ...hmacModel, authenticate: anybody }, 'HMAC', hmacOptions);
    await expect(cases.find((promise) => promise.name.includes('leaves a MAC to its body'))?.run()).rejects.toThrow();
  });

  it('when it does not look at every byte of a signed body', async () => {
    const verify: Source['verify'] = (request, authenticated, context) =>
      hmacModel.verify({ ...request, body: Buffer.from(request.body.toString().trimEnd()) }, authenticated, context);
    const cases = sourceConformance({ ...hmacModel, verify }, 'HMAC', hmacOptions);
    await expect(cases.find((promise) => promise.name.includes('longer by one blank'))?.run()).rejects.toThrow();
  });
});
