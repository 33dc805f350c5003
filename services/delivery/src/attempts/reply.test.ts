import { createOfflineCodec, headerNames } from '@switchboard/contracts';
import type { ReplyKind } from '@switchboard/source-kit';
import { describe, expect, it } from 'vitest';
import type { Delivery } from '../dispatch/delivery.ts';
import { readReply } from './reply.ts';

const codec = createOfflineCodec();
const workflow = { links: { callback: 'https://bot.example/next' }, actions: [{ operationId: '1', action: 'hangup' }] };
const message = { type: 'message', text: 'hi' };
const delivery = {
  record: { headers: [[headerNames.notificationId, Buffer.from('n-1')]] },
  state: { installId: 'install-1' },
} as unknown as Delivery;

const read = (value: unknown, kind: ReplyKind) => readReply(Buffer.from(JSON.stringify(value)), delivery, { kind, codec, now: 5 });

describe("the answer of a replier is a reply when it is what the event's sender takes", () => {
  it.each<[unknown, ReplyKind]>([
    [message, 'message'],
    [workflow, 'workflow'],
  ])('%j for a %s', (value, kind) => {
    const outcome = read(value, kind);
    if (outcome.kind !== 'reply' || outcome.record.value === null) throw new Error(outcome.kind);
    const reply = codec.decode('switchboard.replies.v1.Reply', outcome.record.value);
    expect(reply).toEqual({ notificationId: 'n-1', author: 'install-1', activity: JSON.stringify(value), createdAt: 5 });
  });

  it('and is refused when it is the other', () => {
    expect(read(workflow, 'message')).toEqual({ kind: 'refused', code: 'ERR_REPLY_TYPE' });
    expect(read(message, 'workflow')).toEqual({ kind: 'refused', code: 'ERR_REPLY_WORKFLOW' });
  });
});
