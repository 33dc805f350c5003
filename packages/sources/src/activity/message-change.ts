import type { EventDraft } from '@switchboard/contracts';
import { isList, type Members } from '../members.ts';
import { takeObject } from './attachments.ts';
import { type ActivityReading, takeMessageFields } from './common.ts';
import { takeContentType } from './content-type.ts';
import { extensionsOf } from './extensions.ts';

const UPDATE_KINDS: ReadonlyMap<string, string> = new Map([
  ['editMessage', 'edit'],
  ['undeleteMessage', 'undelete'],
]);
const DELETE_KINDS: ReadonlyMap<string, string> = new Map([['softDeleteMessage', 'soft']]);

/** messageUpdate: the id is the one of the message that changed. */
export function updateEvent(reading: ActivityReading): EventDraft {
  const { activity } = reading;
  const message = activity.takeText('text');
  const fields = {
    ...takeMessageFields(reading),
    updateKind: takeKind(activity, UPDATE_KINDS, 'edit'),
    message,
    contentType: message === null ? null : takeContentType(activity),
    content: isList(activity.peek('attachments')) ? JSON.stringify(takeObject(activity, ['attachments'])) : null,
  };
  return { type: 'ms.MessagingEventNotification.UpdateEvent', record: { ...fields, extensions: extensionsOf(activity) } };
}

/** messageDelete: the id is the one of the message that went. */
export function deleteEvent(reading: ActivityReading): EventDraft {
  const { activity } = reading;
  const fields = { ...takeMessageFields(reading), deleteKind: takeKind(activity, DELETE_KINDS, 'soft') };
  return { type: 'ms.MessagingEventNotification.DeleteEvent', record: { ...fields, extensions: extensionsOf(activity) } };
}

/** messageReaction: replyToId is the message reacted to. */
export function reactionEvent(reading: ActivityReading): EventDraft {
  const { activity } = reading;
  const fields = {
    ...takeMessageFields(reading),
    reactionsAdded: takeReactions(activity, 'reactionsAdded'),
    reactionsRemoved: takeReactions(activity, 'reactionsRemoved'),
  };
  return { type: 'ms.MessagingEventNotification.ReactionEvent', record: { ...fields, extensions: extensionsOf(activity) } };
}

function takeKind(activity: Members, kinds: ReadonlyMap<string, string>, otherwise: string): string {
  const sent = activity.takeText('channelData', 'eventType');
  return sent === null ? otherwise : (kinds.get(sent) ?? sent);
}

function takeReactions(activity: Members, name: string): string[] {
  const reactions = activity.peek(name);
  if (!isList(reactions)) return [];
  return reactions.flatMap((_, index) => activity.takeText(name, index, 'type') ?? []);
}
