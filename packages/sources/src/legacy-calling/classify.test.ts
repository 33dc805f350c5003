import { describe, expect, it } from 'vitest';
import { entryOf, principal, type RequestOptions, requestOf, routing } from '../calling/test-support.ts';
import { legacyCalling } from './index.ts';

const conversation = { id: 'call-1', participants: [{ identity: '8:ada', originator: true }], callState: 'incoming' };
const result = { id: 'call-1', operationOutcome: { type: 'answerOutcome' }, callState: 'established' };
const stateChange = { id: 'call-1', type: 'CallStateChange', currentState: 'established' };
const workflow = { links: { callback: 'https://bot.example/next' }, actions: [{ action: 'hangup', operationId: '1' }] };

function classify(body: unknown, entry: Readonly<Record<string, unknown>> = {}, options: RequestOptions = {}) {
  return legacyCalling.classify(requestOf(body, options), { app: 'contoso-bot', entry: entryOf(entry), principal, routing });
}

describe('the answer to a legacy notification', () => {
  it.each([[conversation], [result], [stateChange]])('is an empty 204 without content type, and is watched for loops: %j', (body) => {
    const outcome = classify(body);
    expect(outcome).toMatchObject({ disposition: 'legacy-switch', routingKey: 'call-1', loopKey: 'call-1' });
    expect(outcome).toMatchObject({ answer: { status: 204, body: '' } });
    if (outcome.kind === 'classified') expect(outcome.answer.headers).toEqual({});
    expect(outcome).not.toHaveProperty('callbackUri');
  });

  it('counts a callback as an anomaly, for only a workflow brings one, and not the announcement of a call', () => {
    expect(classify(conversation)).not.toHaveProperty('anomaly');
    expect(classify(result)).toMatchObject({ anomaly: 'later-legacy-callback' });
    expect(classify(stateChange)).toMatchObject({ anomaly: 'later-legacy-callback' });
    expect(classify(result, { legacy: 'accept' })).not.toHaveProperty('anomaly');
  });

  it('is 200 where the app accepts the protocol, with an address for the callbacks of a workflow', () => {
    const outcome = classify(conversation, { legacy: 'accept' });
    expect(outcome).toMatchObject({ disposition: 'legacy-accepted', answer: { status: 200, headers: {}, body: '' } });
    expect(outcome).toHaveProperty('callbackUri');
    expect(outcome).not.toHaveProperty('loopKey');
    expect(outcome).not.toHaveProperty('answer.reply');
  });

  it('waits for a workflow where one is configured, after a call and after a result', () => {
    const entry = { legacy: 'accept', workflow: { waitMs: 2000, default: workflow } };
    const answer = { status: 200, body: JSON.stringify(workflow), reply: { waitMs: 2000, default: workflow } };
    expect(classify(conversation, entry)).toMatchObject({ answer });
    expect(classify(result, entry)).toMatchObject({ answer });
    expect(classify(stateChange, entry)).not.toHaveProperty('answer.reply');
  });

  it.each([
    { ...result, callState: 'terminated' },
    { ...result, callState: 'Terminated' },
    { ...conversation, callState: 'terminated' },
  ])('is an empty 200 for a call that has ended, also where a workflow is configured: %j', (body) => {
    const outcome = classify(body, { legacy: 'accept', workflow: { waitMs: 2000, default: workflow } });
    expect(outcome).toMatchObject({ disposition: 'legacy-accepted', answer: { status: 200, headers: {}, body: '' } });
    expect(outcome).not.toHaveProperty('answer.reply');
  });

  it.each([{ value: 1 }, { id: 'call-1' }, { hello: 'world' }, {}])('is 400 for garbage, never 204: %j', (body) => {
    expect(classify(body)).toEqual({ kind: 'malformed', code: 'ERR_CLASSIFY_SHAPE' });
  });

  it.each(['', '[]', '7', '{', '\ufeff{}'])('is 400 for what is no JSON object: %j', (body) => {
    const outcome = classify(body);
    expect(outcome.kind === 'malformed' && outcome.code).toMatch(/^ERR_BODY_/);
  });

  it('is 400 for an id that is too long to be one', () => {
    expect(classify({ ...conversation, id: 'x'.repeat(513) })).toEqual({ kind: 'malformed', code: 'ERR_CLASSIFY_ROUTING_KEY' });
  });
});

describe('the dedupe key of a legacy notification', () => {
  it('never equals the one of the Graph copy of the same call', () => {
    const headers = { 'x-microsoft-skype-message-id': 'm-1' };
    expect(classify(conversation, {}, { headers })).toMatchObject({ dedupeKey: 'legacy:message:m-1' });
    expect(classify(conversation)).toMatchObject({ dedupeKey: expect.stringMatching(/^legacy:sha256:/) });
  });
});
