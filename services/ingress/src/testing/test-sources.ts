import {
  type AuthenticateOutcome,
  defineSource,
  type EntryContext,
  type InboundHead,
  type InboundRequest,
  secretReference,
  secretText,
  type TokenPrincipal,
  type VerifyContext,
  type VerifyOutcome,
} from '@switchboard/source-kit';
import { type Static, strictObject, Type } from '@switchboard/validation';

export interface TestEntry {
  readonly word: string;
  readonly waitMs: number;
}

/** Entry `{word: {env|file}, waitMs?}`. */
const configSchema = strictObject({ word: secretReference(), waitMs: Type.Optional(Type.Integer({ minimum: 0 })) });

function toEntry({ word, waitMs = 1_000 }: Static<typeof configSchema>, context: EntryContext): TestEntry {
  return { word: secretText(word, context), waitMs };
}

const principal: TokenPrincipal = {
  ...{ scheme: 'bearer', issuer: 'test', subject: null, tenantId: 't', keyId: null },
  ...{ claims: {}, endorsements: [] },
};

/** `Bearer <word>` authenticates the sender, `Body` needs the body; other words provoke the other outcomes. */
function authenticate(head: InboundHead, { entry }: { readonly entry: TestEntry }): AuthenticateOutcome | Promise<AuthenticateOutcome> {
  const credential = head.headers.authorization ?? '';
  if (credential === 'Body') return { kind: 'needs-body' };
  if (credential === 'Bearer throw') throw new Error('authenticate must not throw');
  if (credential === 'Bearer reject') return Promise.reject(new Error('authenticate must not reject'));
  if (credential === 'Bearer never') return new Promise(() => {});
  if (credential === 'Bearer slow') return new Promise((resolve) => setTimeout(() => resolve({ kind: 'authenticated', principal }), 150));
  if (credential === 'Bearer keys') return { kind: 'unavailable', code: 'ERR_VERIFY_KEYS_UNAVAILABLE' };
  if (credential === 'Bearer expired') return { kind: 'refused', code: 'ERR_VERIFY_TOKEN_EXPIRED', keyId: 'key-7' };
  if (credential === 'Bearer tenant') return { kind: 'refused', code: 'ERR_VERIFY_TOKEN_TENANT' };
  if (['Bearer broken', 'Bearer endorsement'].includes(credential)) return { kind: 'authenticated', principal };
  if (credential !== `Bearer ${entry.word}`) return { kind: 'refused', code: 'ERR_VERIFY_TOKEN_SIGNATURE' };
  return { kind: 'authenticated', principal };
}

/** A body of `new signed <word>` is what `Body` needs. */
function verify({ headers, body }: InboundRequest, found: TokenPrincipal | null, { entry }: VerifyContext<TestEntry>): VerifyOutcome {
  if (headers.authorization === 'Bearer broken') return { kind: 'malformed', code: 'ERR_BODY_SYNTAX' };
  if (headers.authorization === 'Bearer endorsement') return { kind: 'refused', code: 'ERR_VERIFY_TOKEN_ENDORSEMENT' };
  if (found === null && !body.toString('utf8').startsWith(`new signed ${entry.word}`)) {
    return { kind: 'refused', code: 'ERR_VERIFY_HMAC_MISMATCH' };
  }
  const { claims: _claims, endorsements: _endorsements, ...stored } = found ?? principal;
  return { kind: 'verified', principal: stored };
}

const base = {
  entryName: 'test',
  configSchema,
  toEntry,
  keySetUrls: () => ['https://issuer.example/metadata'],
  keptHeaders: ['content-type', 'x-kept', 'authorization'],
  authenticate,
  verify,
  normalize: () => ({ kind: 'empty', code: 'ERR_NORMALIZE_EMPTY' }) as const,
  sample: async () => [],
  sign: () => Promise.reject(new Error('the sources of the tests sign nothing')),
};

function textOf(request: InboundRequest): string {
  return request.body.toString('utf8');
}

/** 202 for bodies that begin with "new"; 302 for "new elsewhere". */
const newForm = defineSource({
  ...base,
  id: 'test-new',
  routes: [
    { method: 'POST', path: '/test/:app' },
    { method: 'POST', path: '/test/:app/:context' },
    { method: 'GET', path: '/test/:app' },
  ],
  recognizes: (body) => body.toString('utf8').startsWith('new'),
  classify(request, { routing }) {
    const text = textOf(request);
    if (text === 'new nothing') return { kind: 'malformed', code: 'ERR_CLASSIFY_EMPTY' };
    const filed = { kind: 'classified', routingKey: 'call-1', dedupeKey: text } as const;
    if (text === 'new elsewhere') {
      const location = 'https://amer.example/test';
      return { ...filed, disposition: 'redirected', location, answer: { status: 302, headers: { location }, body: '' } };
    }
    const callbackContext = routing.mint({ call: 'call-1' });
    const answer = { status: 202, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ callbackContext }) };
    return { ...filed, disposition: 'accepted', callbackContext, answer };
  },
});

/** 204 for bodies that begin with "old"; "old callback" is an anomaly. */
const oldForm = defineSource({
  ...base,
  id: 'test-old',
  routes: [
    { method: 'POST', path: '/test/:app' },
    { method: 'POST', path: '/test/:app/:context' },
  ],
  recognizes: (body) => body.toString('utf8').startsWith('old'),
  classify: (request) => ({
    kind: 'classified',
    disposition: 'legacy-switch',
    routingKey: 'call-1',
    dedupeKey: textOf(request),
    loopKey: 'call-1',
    ...(textOf(request) === 'old callback' && { anomaly: 'later-legacy-callback' }),
    answer: { status: 204, headers: {}, body: '' },
  }),
});

/** Finds its app by `?id=` and waits for a reply. */
const hook = defineSource({
  ...base,
  id: 'test-hook',
  entryName: 'hook',
  routes: [{ method: 'POST', path: '/hook' }],
  keySetUrls: () => [],
  findApp: (request, entries) => {
    const id = new URLSearchParams(request.query).get('id') ?? '';
    return entries.has(id) ? id : undefined;
  },
  recognizes: () => true,
  classify: (request, { entry }) => ({
    kind: 'classified',
    disposition: 'accepted',
    routingKey: 'conversation-1',
    dedupeKey: request.notificationId,
    answer: {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: '{"type":"message","text":"default"}',
      reply: { waitMs: entry.waitMs, default: { type: 'message', text: 'default' } },
    },
  }),
});

export const testSources = [newForm, oldForm, hook] as const;
