import { type Codec, headerNames, headerText, topics } from '@switchboard/contracts';
import type { OutRecord } from '@switchboard/event-log';
import { checkReply, parseJson, type ReplyCode, type ReplyKind } from '@switchboard/source-kit';
import type { Delivery } from '../dispatch/delivery.ts';

/** Why the answer of a replier is no reply, beside what is wrong with the reply itself. */
export type OwnReplyCode =
  /** The delivery does not say which notification it came from. */
  'ERR_REPLY_NO_NOTIFICATION';

export type ReplyOutcome =
  | { readonly kind: 'reply'; readonly record: OutRecord }
  /** The answer has no body: the webhook has nothing to say. */
  | { readonly kind: 'silent' }
  | { readonly kind: 'refused'; readonly code: ReplyCode | OwnReplyCode };

export interface ReplyContext {
  /** What the sender of the event takes. */
  readonly kind: ReplyKind;
  readonly codec: Pick<Codec, 'encode'>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Reads the body of a replier's 200 answer, null where it was too large or too slow; the record goes to `replies.v1`. */
export function readReply(body: Buffer | null, delivery: Delivery, { kind, codec, now }: ReplyContext): ReplyOutcome {
  if (body === null) return { kind: 'refused', code: 'ERR_REPLY_SIZE' };
  if (body.length === 0) return { kind: 'silent' };
  const parsed = parseJson(body);
  if (!parsed.ok) return { kind: 'refused', code: 'ERR_REPLY_NOT_OBJECT' };
  const checked = checkReply(parsed.value, kind);
  if (!checked.ok) return { kind: 'refused', code: checked.code };
  const notificationId = headerText(delivery.record.headers, headerNames.notificationId);
  if (notificationId === undefined) return { kind: 'refused', code: 'ERR_REPLY_NO_NOTIFICATION' };
  const reply = { notificationId, author: delivery.state.installId, activity: JSON.stringify(checked.activity), createdAt: now };
  const value = codec.encode('switchboard.replies.v1.Reply', reply);
  return { kind: 'reply', record: { topic: topics.replies.name, key: Buffer.from(notificationId), value, timestamp: now } };
}
