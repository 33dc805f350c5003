import { readdirSync, readFileSync } from 'node:fs';
import { completeEvents, createOfflineCodec, type EventDraft, eventTypes, type RawNotification, topics } from '@switchboard/contracts';
import type { Classification, InboundRequest, NormalizeOutcome, Principal, Routing, Source } from '@switchboard/source-kit';
import { readEntry } from '@switchboard/source-kit/testing';
import { type CallingEntry, callingConfig, toCallingEntry } from './entry.ts';

export const tenant = '5d0a1f6e-1111-4a7b-9c58-2f6b8f0a0001';
export const audience = '0aa0c5a4-2222-4f3e-8a53-6f1d3c9b0002';

export const principal: Principal = {
  scheme: 'bearer',
  issuer: 'https://api.botframework.com',
  subject: null,
  tenantId: tenant,
  keyId: 'key-1',
};

export const routing: Routing = {
  mint: (data) => `minted.${Buffer.from(JSON.stringify(data)).toString('base64url')}`,
  open: (token) =>
    token.startsWith('minted.') ? (JSON.parse(Buffer.from(token.slice(7), 'base64url').toString()) as Record<string, string>) : undefined,
  regions: { self: 'emea', table: { emea: 'https://emea.example', amer: 'https://amer.example/base/' } },
};

export function entryOf(members: Readonly<Record<string, unknown>> = {}): CallingEntry {
  const outcome = readEntry({ configSchema: callingConfig, toEntry: toCallingEntry }, { audience, ...members }, noSecrets);
  if (!outcome.ok) throw new Error(outcome.problems.join('; '));
  return outcome.entry;
}

export const noSecrets = { app: 'contoso-bot', secret: () => ({ ok: false, problem: 'none here' }) as const };

export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly context?: string;
}

export function requestOf(body: unknown, { headers = {}, context }: RequestOptions = {}): InboundRequest {
  return {
    notificationId: '01939f00-0000-7000-8000-000000000001',
    receivedAt: 1_750_000_000_000,
    method: 'POST',
    pathParameters: { app: 'contoso-bot', ...(context !== undefined && { context }) },
    query: '',
    headers,
    duplicateHeaders: [],
    body: Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  };
}

/** The raw record that the ingress makes of a request and what was answered. */
export function rawOf(
  source: string,
  request: InboundRequest,
  classification: Extract<Classification, { kind: 'classified' }>,
): RawNotification {
  const { notificationId, receivedAt, method, query, headers, body } = request;
  const { routingKey, dedupeKey, disposition, answer, location = null, callbackContext = null, callbackUri = null } = classification;
  return {
    notificationId,
    source,
    app: 'contoso-bot',
    method,
    pathParameters: { ...request.pathParameters },
    query,
    headers: { ...headers },
    receivedAt,
    principal: { ...principal },
    body,
    routingKey,
    dedupeKey,
    disposition,
    answer: { status: answer.status, location, callbackContext, callbackUri },
    replyBy: null,
  };
}

const codec = createOfflineCodec();

/** Encodes events as the normalizer does and reads them back; throws where a field does not fit its schema. */
export function throughCodec(raw: RawNotification, drafts: readonly EventDraft[]): readonly unknown[] {
  return completeEvents(raw, { topic: topics.raw.name, partition: 0, offset: 7n }, drafts).map(({ type, record }) => {
    const name = eventTypes[type].record;
    return codec.decode(name, codec.encode(name, record));
  });
}

export interface Fixture {
  readonly name: string;
  readonly shows: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly legacy?: 'accept';
  readonly body?: unknown;
  readonly bodyText?: string;
  readonly classified: { readonly disposition: string; readonly routingKey: string; readonly status: number };
  /** A NormalizeOutcome with the extensions of events parsed. */
  readonly outcome: unknown;
}

/** The fixtures beside a source's code. */
export function fixturesIn(directory: URL): readonly Fixture[] {
  return readdirSync(directory).map((file) => ({
    name: file.replace(/\.json$/, ''),
    ...JSON.parse(readFileSync(new URL(file, directory), 'utf8')),
  }));
}

/** A fixture's request through classify and normalize of its source. */
export function runFixture(source: CallingSource, fixture: Fixture) {
  const request = requestOf(fixture.bodyText ?? fixture.body, { headers: fixture.headers ?? {} });
  const entry = entryOf(fixture.legacy === undefined ? {} : { legacy: fixture.legacy });
  const classified = source.classify(request, { app: 'contoso-bot', entry, principal, routing });
  if (classified.kind !== 'classified') throw new Error(classified.code);
  const raw = rawOf(source.id, request, classified);
  return { recognized: source.recognizes(request.body), classified, raw, outcome: source.normalize(raw) };
}

/** The outcome with extensions as objects, as fixtures hold it. */
export function readable(outcome: NormalizeOutcome): unknown {
  if (outcome.kind !== 'events') return outcome;
  const events = outcome.events.map((event) => ({
    ...event,
    record: { ...event.record, extensions: JSON.parse(event.record.extensions) },
  }));
  return { ...outcome, events };
}

export type CallingSource = Source<string, CallingEntry>;
