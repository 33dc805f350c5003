import type { Answer, Classification, ClassifyContext, InboundRequest } from '@switchboard/source-kit';
import { type ClassifiedActivity, classifyActivity } from '../activity/classify.ts';
import type { BotFrameworkEntry } from './entry.ts';

/** Types whose activities bear the id of the message they are about, so that several of them share it. */
const ABOUT_A_MESSAGE: ReadonlySet<string> = new Set(['messageUpdate', 'messageDelete', 'messageReaction']);

/** 200 at once, except for an invoke, whose sender waits for a reply. */
export function classify(request: InboundRequest, { entry }: ClassifyContext<BotFrameworkEntry>): Classification {
  const activity = classifyActivity(request.body);
  if (!activity.ok) return { kind: 'malformed', code: activity.code };
  return {
    kind: 'classified',
    disposition: 'accepted',
    routingKey: activity.routingKey,
    dedupeKey: dedupeKeyOf(activity),
    answer: activity.type === 'invoke' ? waiting(entry) : { status: 200, headers: {}, body: '' },
  };
}

function waiting({ reply }: BotFrameworkEntry): Answer {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(reply.default), reply };
}

function dedupeKeyOf({ id, channelId, routingKey, type, timestamp, bodyDigest }: ClassifiedActivity & { readonly ok: true }): string {
  if (id === undefined) return JSON.stringify(['body', bodyDigest()]);
  const key = ['id', channelId, routingKey, id, type];
  if (!ABOUT_A_MESSAGE.has(type)) return JSON.stringify(key);
  return JSON.stringify([...key, timestamp === '' ? bodyDigest() : timestamp]);
}
