import assert from 'node:assert/strict';
import { completeEvents, createOfflineCodec, type EventDraft, eventTypes, type RawNotification } from '@switchboard/contracts';
import { ERRORS } from '../../errors.ts';
import { maxRoutingKeyLength } from '../../routing-key.ts';
import { createRoutingTokens } from '../../routing-tokens.ts';
import type { Classification, InboundRequest, NormalizeOutcome, Principal, Routing } from '../../source.ts';
import { app, type Rig } from './setup.ts';

export type Classified = Extract<Classification, { kind: 'classified' }>;

const tokens = createRoutingTokens(['0123456789abcdef0123456789abcdef']);

const routing: Routing = {
  mint: (data) => tokens.mint(app, data),
  open: (token) => tokens.open(app, token),
  regions: { self: 'emea', table: { emea: 'https://emea.switchboard.example', amer: 'https://amer.switchboard.example' } },
};

export const anyPrincipal: Principal = { scheme: 'bearer', issuer: 'https://issuer.example', subject: null, tenantId: null, keyId: 'k' };

export function classifyIn(rig: Rig, request: InboundRequest, principal: Principal): Classification {
  const classification = rig.source.classify(request, { app, entry: rig.entry, principal, routing });
  if (classification.kind === 'malformed') assert.ok(Object.hasOwn(ERRORS, classification.code), classification.code);
  else {
    assert.notEqual(classification.routingKey, '', 'the routing key is empty');
    const { length } = classification.routingKey;
    assert.ok(length <= maxRoutingKeyLength, `the routing key has ${length} characters`);
    assert.notEqual(classification.dedupeKey, '', 'the dedupe key is empty');
    assert.ok([200, 201, 202, 204, 302, 307].includes(classification.answer.status), `answer ${classification.answer.status}`);
  }
  return classification;
}

/** The raw record as the ingress writes it. */
export function rawOf(rig: Rig, request: InboundRequest, principal: Principal, classified: Classified): RawNotification {
  const { source } = rig;
  const { answer } = classified;
  return {
    notificationId: request.notificationId,
    source: source.id,
    app,
    method: request.method,
    pathParameters: request.pathParameters,
    query: request.query,
    headers: Object.fromEntries(Object.entries(request.headers).filter(([name]) => source.keptHeaders.includes(name))),
    receivedAt: request.receivedAt,
    principal,
    body: request.body,
    routingKey: classified.routingKey,
    dedupeKey: `${source.id}/${app}/${classified.dedupeKey}`,
    disposition: classified.disposition,
    answer: {
      status: answer.status,
      location: classified.location ?? null,
      callbackContext: classified.callbackContext ?? null,
      callbackUri: classified.callbackUri ?? null,
    },
    replyBy: answer.reply === undefined ? null : request.receivedAt + answer.reply.waitMs,
  };
}

const codec = createOfflineCodec();

/** Normalizes twice; what comes out must be the same, within the types, and encode as Avro. The record must stay as it was. */
export function normalizeIn(rig: Rig, raw: RawNotification): NormalizeOutcome {
  const body = Buffer.from(raw.body);
  const before = JSON.stringify({ ...raw, body: undefined });
  const outcome = rig.source.normalize(deepFreeze(raw));
  assert.deepEqual(rig.source.normalize({ ...raw, body: Buffer.from(body) }), outcome, 'a second run gives something else');
  assert.ok(body.equals(raw.body) && before === JSON.stringify({ ...raw, body: undefined }), 'the raw record was changed');
  if (outcome.kind === 'events') assertEvents(raw, outcome.events);
  else assert.ok(Object.hasOwn(ERRORS, outcome.code), outcome.code);
  return outcome;
}

function assertEvents(raw: RawNotification, drafts: readonly EventDraft[]): void {
  assert.ok(drafts.length > 0, 'events without an event: that is empty');
  for (const { type, record, key } of completeEvents(raw, { topic: 'notifications.raw.v1', partition: 0, offset: 0n }, drafts)) {
    assert.notEqual(key, '', `a ${type} has no key`);
    // Avro knows no unions of types here: what has a wrong type does not encode.
    codec.encode(eventTypes[type].record, record as never);
    assert.equal(typeof JSON.parse(record.extensions), 'object', 'extensions is not a JSON object');
  }
}

function deepFreeze<T extends object>(value: T): T {
  for (const member of Object.values(value)) {
    if (typeof member === 'object' && member !== null && !ArrayBuffer.isView(member)) deepFreeze(member);
  }
  return Object.freeze(value);
}
