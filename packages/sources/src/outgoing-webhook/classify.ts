import type { Classification, ClassifyContext, InboundRequest } from '@switchboard/source-kit';
import { classifyActivity } from '../activity/classify.ts';
import type { OutgoingWebhookEntry } from './entry.ts';
import { lookupIdOf } from './lookup.ts';

/** 200 with a message: the sender shows it in the thread and gives up after five seconds. */
export function classify(request: InboundRequest, { entry }: ClassifyContext<OutgoingWebhookEntry>): Classification {
  const activity = classifyActivity(request.body);
  if (!activity.ok) return { kind: 'malformed', code: activity.code };
  const { id, bodyDigest, routingKey } = activity;
  return {
    kind: 'classified',
    disposition: 'accepted',
    routingKey,
    dedupeKey: JSON.stringify(id === undefined ? ['body', bodyDigest()] : ['id', lookupIdOf(request) ?? '', id]),
    answer: {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(entry.reply.default),
      reply: entry.reply,
    },
  };
}
