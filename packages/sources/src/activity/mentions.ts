import { isList, type Members } from '../members.ts';
import { firstAtTag } from './at-tag.ts';

export interface Mention {
  readonly id: string | null;
  readonly name: string | null;
  /** The text of the mention in the message, so that removing it leaves the message without the mention. */
  readonly text: string | null;
}

/**
 * Mentions among the entities of a message. Senders give a mention's text, which does not always occur in the message
 * (renamed webhooks, a stray @): for the first mention, which addresses the receiver, the first `<at>` tag of the
 * message is taken instead of the text as sent.
 */
export function takeMentions(activity: Members, message: string): readonly Mention[] {
  const entities = activity.peek('entities');
  if (!isList(entities)) return [];
  const mentions: Mention[] = [];
  for (const index of entities.keys()) {
    if (activity.peekText('entities', index, 'type') !== 'mention') continue;
    const sent = activity.peekText('entities', index, 'text');
    const substitute = mentions.length === 0 && sent !== null && !message.includes(sent) ? firstAtTag(message)?.tag : undefined;
    mentions.push({
      id: activity.takeText('entities', index, 'mentioned', 'id'),
      name: activity.takeText('entities', index, 'mentioned', 'name'),
      text: substitute ?? activity.takeText('entities', index, 'text'),
    });
    activity.takeText('entities', index, 'type');
  }
  return mentions;
}
