import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkReply, maxReplyBytes } from './check-reply.ts';
import { ERRORS } from './errors.ts';

const card = (content: object) => ({ type: 'message', attachments: [{ contentType: 'application/vnd.microsoft.card.x', content }] });
const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);

describe('a reply', () => {
  const sendable: readonly (readonly [string, object])[] = [
    ['is text', { type: 'message', text: 'It is on its way.' }],
    ['is a hero card that opens a link', card({ title: 'x', buttons: [{ type: 'openUrl', title: 'Go', value: 'https://a.example' }] })],
    ['writes the action in other case', card({ tap: { type: 'openURL', value: 'https://a.example' } })],
    [
      'is an adaptive card that opens a link',
      card({
        type: 'AdaptiveCard',
        body: [{ type: 'ActionSet', actions: [{ type: 'Action.OpenUrl', url: 'https://a.example' }] }],
        selectAction: null,
      }),
    ],
    ['is a connector card that opens a link', card({ '@type': 'MessageCard', potentialAction: [{ '@type': 'OpenUri', name: 'x' }] })],
    ['has no actions in its lists of them', { ...card({ buttons: [], tap: null }), suggestedActions: { actions: [] } }],
    ['is as long as it may be', { type: 'message', text: 'x'.repeat(maxReplyBytes - '{"type":"message","text":""}'.length) }],
  ];
  it.each(sendable)('can be sent when it %s', (_, reply) => {
    expect(checkReply(reply)).toEqual({ ok: true, activity: reply });
  });

  const refused: readonly (readonly [string, string, unknown])[] = [
    ['is no object', 'NOT_OBJECT', 'text'],
    ['is a list', 'NOT_OBJECT', [{ type: 'message' }]],
    ['is null', 'NOT_OBJECT', null],
    ['is undefined', 'NOT_OBJECT', undefined],
    ['has no type', 'TYPE', { text: 'x' }],
    ['is another activity', 'TYPE', { type: 'typing' }],
    ['has its type in other case', 'TYPE', { type: 'Message', text: 'x' }],
    ['is a byte too long', 'SIZE', { type: 'message', text: 'x'.repeat(maxReplyBytes - '{"type":"message","text":""}'.length + 1) }],
    ['is too long in bytes, not in characters', 'SIZE', { type: 'message', text: 'é'.repeat(maxReplyBytes / 2) }],
    ['nests too deep', 'DEPTH', { type: 'message', value: nested(70) }],
    ['contains itself', 'DEPTH', ((self: Record<string, unknown>) => Object.assign(self, { self }))({ type: 'message' })],
    ['sends something back', 'ACTION', card({ buttons: [{ type: 'imBack', value: 'x' }] })],
    ['submits an adaptive card', 'ACTION', card({ actions: [{ type: 'Action.Submit' }] })],
    [
      'shows a card within a card',
      'ACTION',
      card({
        actions: [
          { type: 'Action.OpenUrl', url: 'x' },
          { type: 'Action.ShowCard', card: {} },
        ],
      }),
    ],
    ['invokes on a tap', 'ACTION', card({ items: [{ tap: { type: 'invoke' } }] })],
    ['posts from a connector card', 'ACTION', card({ potentialAction: [{ '@type': 'HttpPOST' }] })],
    ['suggests an action', 'ACTION', { type: 'message', suggestedActions: { actions: [{ type: 'imBack', value: 'x' }] } }],
    [
      'hides an action deep in a card',
      'ACTION',
      card({ body: [{ columns: [{ items: [{ selectAction: { type: 'Action.Execute' } }] }] }] }),
    ],
    ['has an action without a type', 'ACTION', card({ buttons: [{ title: 'x' }] })],
    ['has an action that is no object', 'ACTION', card({ buttons: ['openUrl'] })],
    ['writes the list of actions in other case', 'ACTION', card({ Buttons: [{ type: 'imBack' }] })],
  ];
  it.each(refused)('is refused when it %s: ERR_REPLY_%s', (_, code, reply) => {
    expect(checkReply(reply)).toEqual({ ok: false, code: `ERR_REPLY_${code}` });
  });

  it('is what will be sent: what JSON drops is not in it', () => {
    expect(checkReply({ type: 'message', text: undefined, toJSON: undefined })).toEqual({ ok: true, activity: { type: 'message' } });
  });

  it('never makes the check throw', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withNullPrototype: true, withObjectString: true }), (value) => {
        const checked = checkReply(value);
        if (!checked.ok) expect(Object.keys(ERRORS)).toContain(checked.code);
      }),
    );
  });
});

const folder = join(process.env.SHARED_PAYLOADS ?? join(import.meta.dirname, '../../../../shared/payloads'), 'outgoing-webhook');

describe('the published replies of the shared payloads', () => {
  it.skipIf(!existsSync(folder))('can be sent, all but those with actions beside openUrl', () => {
    const replies = readdirSync(folder).filter((file) => file.startsWith('response-'));
    const codes = Object.fromEntries(
      replies.map((file) => {
        const checked = checkReply(JSON.parse(readFileSync(join(folder, file), 'utf8')));
        return [file, checked.ok ? 'sent' : checked.code];
      }),
    );
    expect(codes).toEqual({
      'response-adaptive-card-with-nulls.json': 'sent',
      'response-hero-card.json': 'sent',
      'response-list-card.json': 'ERR_REPLY_ACTION',
      'response-thumbnail-card.json': 'ERR_REPLY_ACTION',
    });
  });
});
