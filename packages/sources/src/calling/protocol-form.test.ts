import { describe, expect, it } from 'vitest';
import { protocolFormOf, readProtocolForm } from './protocol-form.ts';

const legacy = { id: '1', participants: [], callState: 'incoming' };
const element = { changeType: 'updated', resource: '/app/calls/1', resourceData: {} };

const formOf = (body: unknown) => readProtocolForm(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)));

describe('the protocol form of a body', () => {
  it.each([
    ['with envelope type', { '@odata.type': '#microsoft.graph.commsNotifications', value: [element] }],
    ['without envelope type', { value: [element] }],
    ['with nothing in it', { value: [] }],
    ['with legacy members and elements of Graph', { ...legacy, value: [element] }],
  ])('is Graph: an array named value, %s', (_, body) => {
    expect(formOf(body)).toMatchObject({ kind: 'graph' });
  });

  it.each([
    ['conversation', legacy],
    ['conversation', { id: '1', participants: [], presentedModalityTypes: ['audio'] }],
    ['conversationResult', { id: '1', operationOutcome: {} }],
    ['notification', { id: '1', type: 'RosterUpdate' }],
    ['notification', { id: '1', type: 'callstatechange' }],
    ['conversation', { ...legacy, '@odata.type': '' }],
  ])('is legacy: a %s like %j', (notificationKind, body) => {
    expect(formOf(body)).toMatchObject({ kind: 'legacy', notificationKind });
  });

  it.each([
    ['no id', { participants: [], callState: 'incoming' }],
    ['an empty id', { ...legacy, id: '' }],
    ['an id that is no text', { ...legacy, id: 1 }],
    ['participants alone', { id: '1', participants: [] }],
    ['another type', { id: '1', type: 'AgentContactNotification' }],
    ['an outcome that is no object', { id: '1', operationOutcome: 'success' }],
    ['a value that is no array', { ...legacy, value: {} }],
    ['a type of Graph', { ...legacy, '@odata.type': '#microsoft.graph.call' }],
    ['inherited members only', { id: '1', toString: 1 }],
  ])('is neither with %s', (_, body) => {
    expect(formOf(body)).toEqual({ kind: 'neither', code: 'ERR_CLASSIFY_SHAPE' });
  });

  it.each([[[]], [[7]], [[element, {}]], [[{ id: '1' }]]])('is neither when both shapes meet and value holds %j', (value) => {
    expect(formOf({ ...legacy, value })).toEqual({ kind: 'neither', code: 'ERR_CLASSIFY_AMBIGUOUS' });
  });

  it('is computed once for a request', () => {
    const body = Buffer.from(JSON.stringify(legacy));
    expect(protocolFormOf(body)).toBe(protocolFormOf(body));
  });
});
