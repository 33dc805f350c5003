import { describe, expect, it } from 'vitest';
import { checkReply, maxReplyBytes } from './check-reply.ts';

const hangup = { operationId: '1', action: 'hangup' };
const links = { callback: 'https://bot.example/next' };
const workflow = { links, actions: [hangup] };
const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);

describe('a workflow', () => {
  it.each([
    ['has links and an action', workflow],
    [
      'has several actions with members of their own',
      { links, actions: [hangup, { operationId: '2', action: 'playPrompt', prompts: [] }] },
    ],
    [
      'subscribes to notifications',
      { ...workflow, links: { ...links, notification: 'https://bot.example/n' }, notificationSubscriptions: ['callStateChange'] },
    ],
    ['carries a state', { ...workflow, appState: 'x'.repeat(1024) }],
  ])('can be sent when it %s', (_, value) => {
    expect(checkReply(value, 'workflow')).toEqual({ ok: true, activity: value });
  });

  it.each<[string, string, unknown]>([
    ['is no object', 'NOT_OBJECT', [workflow]],
    ['is a message', 'WORKFLOW', { type: 'message', text: 'hi' }],
    ['has no links', 'WORKFLOW', { actions: [hangup] }],
    ['has no callback', 'WORKFLOW', { links: {}, actions: [hangup] }],
    ['has a callback without https', 'WORKFLOW', { links: { callback: 'http://bot.example' }, actions: [hangup] }],
    ['has a callback that is no URL', 'WORKFLOW', { links: { callback: 'next' }, actions: [hangup] }],
    ['has a notification link without https', 'WORKFLOW', { ...workflow, links: { ...links, notification: 'http://bot.example' } }],
    ['has no actions', 'WORKFLOW', { links }],
    ['has an empty list of actions', 'WORKFLOW', { links, actions: [] }],
    ['has an action without an id', 'WORKFLOW', { links, actions: [{ action: 'hangup' }] }],
    ['has an unknown action', 'WORKFLOW', { links, actions: [hangup, { operationId: '2', action: 'dance' }] }],
    ['has an action that is no object', 'WORKFLOW', { links, actions: ['hangup'] }],
    ['has too long a state', 'WORKFLOW', { ...workflow, appState: 'x'.repeat(1025) }],
    ['subscribes with a text', 'WORKFLOW', { ...workflow, notificationSubscriptions: 'callStateChange' }],
    ['is too long', 'SIZE', { ...workflow, more: 'x'.repeat(maxReplyBytes) }],
    ['nests too deep', 'DEPTH', { ...workflow, more: nested(70) }],
  ])('is refused when it %s: ERR_REPLY_%s', (_, code, value) => {
    expect(checkReply(value, 'workflow')).toEqual({ ok: false, code: `ERR_REPLY_${code}` });
  });

  it('is no message', () => {
    expect(checkReply(workflow)).toEqual({ ok: false, code: 'ERR_REPLY_TYPE' });
  });
});
