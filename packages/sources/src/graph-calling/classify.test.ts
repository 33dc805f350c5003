import type { ClassifyContext } from '@switchboard/source-kit';
import { describe, expect, it } from 'vitest';
import type { CallingEntry } from '../calling/entry.ts';
import { entryOf, principal, type RequestOptions, rawOf, requestOf, routing, tenant } from '../calling/test-support.ts';
import { graphCalling } from './index.ts';

const path = '/communications/calls/call-1';
const incoming = { changeType: 'Created', resourceUrl: path, resourceData: { '@odata.type': '#microsoft.graph.call', state: 'Incoming' } };
const established = { changeType: 'updated', resourceUrl: path, resourceData: { state: 'established' } };

interface Given extends RequestOptions {
  readonly entry?: Readonly<Record<string, unknown>>;
  readonly given?: Partial<ClassifyContext<CallingEntry>>;
}

function classify(value: readonly unknown[], { entry = {}, given = {}, ...options }: Given = {}) {
  const request = requestOf({ value }, options);
  return graphCalling.classify(request, { app: 'contoso-bot', entry: entryOf(entry), principal, routing, ...given });
}

describe('the answer to a Graph notification', () => {
  it('is an empty 202 that echoes the ids of the exchange', () => {
    const headers = { 'x-microsoft-skype-message-id': 'M-1', 'scenario-id': 's-1' };
    const outcome = classify([established], { headers });
    expect(outcome).toMatchObject({
      kind: 'classified',
      disposition: 'accepted',
      answer: { status: 202, headers: { 'client-request-id': 'M-1', 'scenario-id': 's-1' }, body: '' },
    });
    expect(outcome).not.toHaveProperty('loopKey');
  });

  it('echoes no value that is not allowed in a header', () => {
    expect(classify([established], { headers: { 'scenario-id': 'a\u00ff' } })).toMatchObject({ answer: { headers: {} } });
  });

  it('is 400 for an envelope without elements', () => {
    expect(classify([])).toEqual({ kind: 'malformed', code: 'ERR_CLASSIFY_EMPTY' });
  });

  it.each([[[1]], [[{}]], [[{ changeType: 'updated', resourceData: {} }]], [[{ resource: '', resourceUrl: 5 }]]])(
    'is 400 when the first element names nothing to file it under: %j',
    (value) => {
      expect(classify(value)).toEqual({ kind: 'malformed', code: 'ERR_CLASSIFY_ROUTING_KEY' });
    },
  );

  it('is 202 when a later element is broken, for normalize keeps the whole under a code', () => {
    expect(classify([established, 7])).toMatchObject({ kind: 'classified', answer: { status: 202 } });
  });

  it('refuses a legacy body that was handed to it', () => {
    const request = requestOf({ id: '1', callState: 'incoming', participants: [] });
    expect(graphCalling.classify(request, { app: 'contoso-bot', entry: entryOf(), principal, routing })).toMatchObject({
      code: 'ERR_CLASSIFY_SHAPE',
    });
  });
});

describe('the routing key of a Graph notification', () => {
  it.each([
    ['the resourceUrl', { ...established, resource: '/app/calls/other' }, 'call-1'],
    ['the older resource', { changeType: 'updated', resource: '/app/calls/call-2/participants', resourceData: [] }, 'call-2'],
    ['the one of two paths that names a call', { ...established, resourceUrl: '/communications', resource: '/app/calls/call-3' }, 'call-3'],
    ['@odata.id', { changeType: 'deleted', resourceUrl: '/x', resourceData: { '@odata.id': '/communications/calls/call-4' } }, 'call-4'],
    [
      'the id of the call',
      { changeType: 'updated', resource: '/x', resourceData: { '@odata.type': '#microsoft.graph.call', id: 'call-5' } },
      'call-5',
    ],
    ['the resource where it is no call', { changeType: 'created', resource: '/rooms/1', resourceData: {} }, '/rooms/1'],
    ['the path of a broken element', { resource: '/app/calls/call-6' }, 'call-6'],
  ])('comes from %s', (_, element, routingKey) => {
    expect(classify([element])).toMatchObject({ routingKey });
  });

  it('is the call of the first element, and the key of its events', () => {
    const elements = [established, { ...established, resourceUrl: '/communications/calls/call-9' }];
    const request = requestOf({ value: elements });
    const classified = classify(elements);
    if (classified.kind !== 'classified') throw new Error(classified.code);
    const outcome = graphCalling.normalize(rawOf('graph-calling', request, classified));
    expect(classified.routingKey).toBe('call-1');
    expect(outcome).toMatchObject({ events: [{ record: { callId: 'call-1' } }, { record: { callId: 'call-9' } }] });
  });
});

describe('the dedupe key of a Graph notification', () => {
  const keyOf = (options?: Given, element: unknown = established) => {
    const outcome = classify([element], options);
    return outcome.kind === 'classified' ? outcome.dedupeKey : outcome.code;
  };

  it('is the Message-ID in any letter case, with the form of the protocol', () => {
    expect(keyOf({ headers: { 'x-microsoft-skype-message-id': 'ABC-1' } })).toBe('graph:message:abc-1');
  });

  it('is a digest of the body where there is no usable Message-ID', () => {
    const digest = keyOf();
    expect(digest).toMatch(/^graph:sha256:/);
    expect(keyOf({ headers: { 'x-microsoft-skype-message-id': 'a, b' } })).toBe(digest);
    expect(keyOf({}, incoming)).not.toBe(digest);
  });
});

describe('a new incoming call', () => {
  it('gets a callback address of this region, which its event carries', () => {
    const classified = classify([incoming]);
    if (classified.kind !== 'classified') throw new Error(classified.code);
    const context = Buffer.from(JSON.stringify({ region: 'emea', notification: requestOf({}).notificationId })).toString('base64url');
    expect(classified.callbackUri).toBe(`https://emea.example/calling/contoso-bot/minted.${context}`);
    const outcome = graphCalling.normalize(rawOf('graph-calling', requestOf({ value: [incoming] }), classified));
    expect(outcome).toMatchObject({ events: [{ record: { callbackUri: classified.callbackUri } }] });
  });

  it('gets none where the table has no address for this region', () => {
    const given = { routing: { ...routing, regions: { self: 'default', table: {} } } };
    expect(classify([incoming], { given })).not.toHaveProperty('callbackUri');
  });

  it('is what a call needs to be for a callback address', () => {
    expect(classify([established])).not.toHaveProperty('callbackUri');
  });
});

describe('a call of another region', () => {
  const entry = { regions: { byTenant: { [tenant.toUpperCase()]: 'amer' } } };

  it('is redirected with 302 to the address of our own table', () => {
    const location = 'https://amer.example/base/calling/contoso-bot';
    const outcome = classify([incoming], { entry });
    expect(outcome).toMatchObject({ disposition: 'redirected', location, answer: { status: 302, headers: { location }, body: '' } });
    expect(outcome).not.toHaveProperty('callbackUri');
  });

  it('makes no event here', () => {
    const classified = classify([incoming], { entry });
    if (classified.kind !== 'classified') throw new Error(classified.code);
    const outcome = graphCalling.normalize(rawOf('graph-calling', requestOf({ value: [incoming] }), classified));
    expect(outcome).toEqual({ kind: 'empty', code: 'ERR_NORMALIZE_REDIRECTED' });
  });

  it('is redirected with 307 where the entry says so', () => {
    expect(classify([incoming], { entry: { regions: { ...entry.regions, redirectStatus: 307 } } })).toMatchObject({
      answer: { status: 307 },
    });
  });

  const from = (members: object) => ({ ...incoming, resourceData: { ...incoming.resourceData, ...members } });

  it("is known by the country of the caller, the tenant's region coming first", () => {
    const byCountry = { us: 'amer' };
    const american = from({ source: { countryCode: 'US' } });
    expect(classify([american], { entry: { regions: { byCountry } } })).toMatchObject({ disposition: 'redirected' });
    expect(classify([american], { entry: { regions: { byCountry, byTenant: { [tenant]: 'emea' } } } })).toMatchObject({
      disposition: 'accepted',
    });
  });

  it('is known by the tenant of the call before the verified one', () => {
    const regions = { byTenant: { [tenant]: 'amer', other: 'emea' } };
    expect(classify([from({ tenantId: 'OTHER' })], { entry: { regions } })).toMatchObject({ disposition: 'accepted' });
    expect(classify([from({ tenantId: 'unknown' })], { entry: { regions } })).toMatchObject({ disposition: 'redirected' });
  });

  it.each([
    ['it is no new call', [established]],
    ['one element is no new call', [incoming, established]],
    ['one element is broken', [incoming, {}]],
  ])('stays when %s', (_, value) => {
    expect(classify(value, { entry })).toMatchObject({ disposition: 'accepted' });
  });

  it('stays when a callback context of ours says that a region took it before', () => {
    expect(classify([incoming], { entry, context: routing.mint({ region: 'emea' }) })).toMatchObject({ disposition: 'accepted' });
  });

  it.each(['token', ''])('is redirected when the context in its address is none of ours: %j', (context) => {
    expect(classify([incoming], { entry, context })).toMatchObject({ disposition: 'redirected' });
  });

  it.each(['emea', 'unknown', 'constructor', '__proto__'])('stays when its region is %s', (region) => {
    expect(classify([incoming], { entry: { regions: { byTenant: { [tenant]: region } } } })).toMatchObject({ disposition: 'accepted' });
  });

  it('ignores the host that the request names', () => {
    const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example' };
    expect(JSON.stringify(classify([incoming], { entry, headers }))).not.toContain('evil');
  });
});
