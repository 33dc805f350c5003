import type { EventDraft } from '@switchboard/contracts';
import { type Json, type JsonObject, redacted } from '@switchboard/source-kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CallingSource, entryOf, principal, rawOf, requestOf, routing, throughCodec } from './calling/test-support.ts';
import { graphCalling } from './graph-calling/index.ts';
import { legacyCalling } from './legacy-calling/index.ts';

// Every text leaf of a generated body is a marker of its own, so that one that gets lost is missed.
const marker = fc.uuid();
const markerPattern = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const noise = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    { weight: 3, arbitrary: marker },
    fc.integer(),
    fc.boolean(),
    fc.constantFrom(null, '', [], {}),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'id', 'state', '__proto__', 'identity', 'user', 'info'), tie('value'), { maxKeys: 4 }),
  ),
})).value;

const partly = (members: Readonly<Record<string, fc.Arbitrary<Json>>>): fc.Arbitrary<JsonObject> =>
  fc
    .tuple(
      fc.record(
        Object.fromEntries(
          Object.entries(members).map(([name, value]) => [
            name,
            fc.oneof({ weight: 4, arbitrary: value }, { weight: 1, arbitrary: noise }),
          ]),
        ),
        { requiredKeys: [] },
      ),
      fc.dictionary(fc.constantFrom('unknown1', 'unknown2', '__proto__', 'constructor'), noise, { maxKeys: 2 }),
    )
    .map(([known, unknown]) => ({ ...known, ...unknown }) as JsonObject);

const identity = partly({ id: marker, displayName: marker, tenantId: marker, identityProvider: marker });
const identitySet = partly({ user: identity, phone: identity, madeUp: identity });
const info = partly({ identity: identitySet, region: marker, languageId: marker, countryCode: marker, endpointType: marker });
const result = partly({ code: fc.integer(), subcode: fc.integer(), subCode: fc.integer(), message: marker });
const call = partly({
  id: marker,
  state: fc.oneof(marker, fc.constantFrom('Incoming', 'established', 'terminated')),
  direction: marker,
  subject: marker,
  tenantId: fc.oneof(marker, fc.constant(principal.tenantId)),
  callChainId: marker,
  requestedModalities: fc.array(marker, { maxLength: 3 }),
  activeModalities: fc.array(marker, { maxLength: 3 }),
  source: info,
  targets: fc.array(info, { maxLength: 3 }),
  chatInfo: partly({ threadId: marker, messageId: marker }),
  meetingInfo: partly({ organizer: identitySet }),
  mediaState: partly({ audio: marker }),
  incomingContext: partly({ onBehalfOf: identitySet, sourceParticipantId: marker }),
  toneInfo: partly({ sequenceId: fc.integer(), tone: marker }),
  terminationReason: marker,
  resultInfo: result,
});
const participant = partly({
  id: marker,
  info,
  isMuted: fc.boolean(),
  isInLobby: fc.boolean(),
  role: marker,
  mediaStreams: fc.array(partly({ label: marker }), { maxLength: 2 }),
});
const operation = partly({
  id: marker,
  status: marker,
  clientContext: marker,
  resultInfo: result,
  participants: fc.array(info, { maxLength: 2 }),
});
const delta = partly({ sequenceNumber: fc.nat(), participants: fc.array(participant, { maxLength: 3 }) });

const typed = (type: string, entity: fc.Arbitrary<JsonObject>) =>
  entity.map((members) => ({ ...members, '@odata.type': `#microsoft.graph.${type}` }) as JsonObject);
const entity = fc.oneof(
  call,
  typed('call', call),
  typed('participant', participant),
  typed('deltaParticipants', delta),
  typed('recordOperation', operation),
  typed('madeUp', operation),
);
const element = fc
  .record({
    changeType: fc.constantFrom('created', 'Updated', 'deleted'),
    resourceUrl: fc
      .constantFrom('', '/participants', '/participants/7', '/operations/8', '/madeUp')
      .map((path) => `/communications/calls/1${path}`),
    resourceData: fc.oneof(entity, fc.array(entity, { minLength: 1, maxLength: 3 })),
    extra: noise,
  })
  .map((members) => members as JsonObject);
const graphBody = fc.record({ value: fc.array(element, { minLength: 1, maxLength: 3 }), extra: noise });

const legacyParticipant = partly({
  identity: fc.oneof(marker, fc.constant('8:ada')),
  originator: fc.boolean(),
  displayName: marker,
  languageId: marker,
  tenantId: marker,
  mediaType: marker,
  mediaStreamId: marker,
  contentSharingRole: marker,
  legId: marker,
});
const legacyMembers = partly({
  threadId: marker,
  subject: marker,
  presentedModalityTypes: fc.array(marker),
  tenantId: marker,
  appState: marker,
});
const legacyState = fc.oneof(marker, fc.constantFrom('Incoming', 'established'));
const legacyBody = fc
  .tuple(
    legacyMembers,
    fc.oneof(
      fc.record({ id: marker, participants: fc.array(legacyParticipant, { maxLength: 3 }), callState: legacyState }),
      fc.record({
        id: marker,
        operationOutcome: partly({ id: marker, type: marker, outcome: marker, failureReason: marker }),
        callState: legacyState,
      }),
      fc.record({ id: marker, type: fc.constant('rosterUpdate'), participants: fc.array(legacyParticipant, { maxLength: 3 }) }),
      fc.record({ id: marker, type: fc.constant('callStateChange'), currentState: legacyState, stateChangeCode: fc.integer() }),
    ),
  )
  .map(([others, form]) => ({ ...others, ...form }));

function markersIn(value: Json): readonly string[] {
  return JSON.stringify(value).match(markerPattern) ?? [];
}

function eventsOf(source: CallingSource, body: Json, legacy: 'switch' | 'accept'): readonly EventDraft[] {
  const request = requestOf(body);
  const classified = source.classify(request, { app: 'contoso-bot', entry: entryOf({ legacy }), principal, routing });
  if (classified.kind !== 'classified') throw new Error(classified.code);
  const raw = rawOf(source.id, request, classified);
  const before = Buffer.from(request.body);
  const outcome = source.normalize(raw);
  expect(request.body.equals(before)).toBe(true);
  expect(source.normalize({ ...raw, body: before })).toEqual(outcome);
  if (outcome.kind !== 'events') return [];
  expect(throughCodec(raw, outcome.events)).toHaveLength(outcome.events.length);
  return outcome.events;
}

function textOf(events: readonly EventDraft[]): string {
  // A value may have been spelt canonically, which only changes the case of its first letter.
  return JSON.stringify(events.map((event) => [event.record, JSON.parse(event.record.extensions)])).toLowerCase();
}

describe('the events of a calling notification', () => {
  it('hold every value of a Graph body in a field or in the extensions', () => {
    fc.assert(
      fc.property(graphBody, (body) => {
        const events = eventsOf(graphCalling, body as Json, 'switch');
        if (events.length === 0) return;
        const text = textOf(events);
        for (const value of markersIn(body as Json)) expect(text).toContain(value);
      }),
      { numRuns: 400 },
    );
  });

  it.each(['switch', 'accept'] as const)('hold every value of a legacy body in a field or in the extensions: %s', (legacy) => {
    fc.assert(
      fc.property(legacyBody, (body) => {
        const events = eventsOf(legacyCalling, body as Json, legacy);
        if (events.length === 0) return;
        const text = textOf(events);
        for (const value of markersIn(body as Json)) expect(text).toContain(value);
      }),
      { numRuns: 400 },
    );
  });

  it('hold no value of a secret member, wherever it is', () => {
    const names = ['token', 'blob', 'replacementLink', 'RecordingAccessToken', 'client_secret'];
    const hiding = fc
      .tuple(graphBody, fc.constantFrom(...names), fc.nat())
      .map(([body, name, at]) => hide(body as Json, name, { left: at }));
    fc.assert(
      fc.property(hiding, (body) => {
        const text = textOf(eventsOf(graphCalling, body, 'switch'));
        expect(text).not.toContain('top-secret');
        if (text.includes('"hidden":true')) expect(text).toContain(redacted);
      }),
      { numRuns: 400 },
    );
  });
});

// Puts the secret into some object below the entities.
function hide(value: Json, name: string, place: { left: number }): Json {
  if (Array.isArray(value)) return value.map((item: Json) => hide(item, name, place));
  if (typeof value !== 'object' || value === null) return value;
  const inner = Object.entries(value).map(([key, member]) => [key, hide(member, name, place)] as const);
  place.left -= 1;
  const hidden =
    place.left % 3 === 0
      ? ([
          [name, 'top-secret'],
          ['hidden', true],
        ] as const)
      : [];
  return Object.fromEntries([...inner, ...hidden]);
}
