import { type ClassifyCode, digest, maxRoutingKeyLength, textAt } from '@switchboard/source-kit';
import { parseActivity } from './parse.ts';
import { conversationOf } from './payload.ts';

export type ClassifiedActivity =
  | {
      readonly ok: true;
      readonly type: string;
      readonly routingKey: string;
      /** The activity's own id; undefined where the sender gives none. */
      readonly id: string | undefined;
      readonly channelId: string;
      readonly timestamp: string;
      /** Digest of the body. */
      readonly bodyDigest: () => string;
    }
  | { readonly ok: false; readonly code: ClassifyCode };

/** What both senders of activities need to route one and to know it again. */
export function classifyActivity(body: Buffer): ClassifiedActivity {
  const parsed = parseActivity(body);
  if (!parsed.ok) return parsed;
  const activity = parsed.value;
  const routingKey = conversationOf(activity);
  if (routingKey === undefined || routingKey.length > maxRoutingKeyLength) return { ok: false, code: 'ERR_CLASSIFY_ROUTING_KEY' };
  return {
    ok: true,
    type: textAt(activity, 'type') ?? '',
    routingKey,
    id: textAt(activity, 'id') || undefined,
    channelId: textAt(activity, 'channelId') ?? '',
    timestamp: textAt(activity, 'timestamp') ?? '',
    bodyDigest: () => digest(body),
  };
}
