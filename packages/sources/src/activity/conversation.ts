import type { EventDraft } from '@switchboard/contracts';
import { type ActivityReading, takeCommonFields } from './common.ts';
import { extensionsOf } from './extensions.ts';
import { type ConversationMember, takeAccounts } from './members-of-conversation.ts';

/** What an activity changes about its conversation. */
export interface ConversationChange {
  readonly changeType: 'UPSERT' | 'DELETE';
  readonly change: string;
  readonly rawChange: string | null;
  readonly state?: string | null;
  readonly topic?: string | null;
  readonly participants?: ConversationMember[];
  readonly membersAdded?: string[];
  readonly membersRemoved?: string[];
}

/** The event of a change whose own members were taken already. */
export function conversationEvent(reading: ActivityReading, change: ConversationChange): EventDraft {
  const { activity } = reading;
  const fields = {
    ...takeCommonFields(reading),
    changeType: change.changeType,
    change: change.change,
    rawChange: change.rawChange,
    state: change.state ?? null,
    topic: change.topic ?? null,
    originatorId: activity.takeText('from', 'id'),
    channelId: activity.takeText('channelId'),
    serviceUrl: activity.takeText('serviceUrl'),
    participants: change.participants ?? [],
    membersAdded: change.membersAdded ?? [],
    membersRemoved: change.membersRemoved ?? [],
    modalities: [],
  };
  return { type: 'cqm.ExConversationChangeNotification', record: { ...fields, extensions: extensionsOf(activity) } };
}

// Teams names its events in one member of channelData; its own samples disagree about the case of the letters.
const TEAMS_CHANGES: ReadonlyMap<string, Pick<ConversationChange, 'changeType' | 'change' | 'state'>> = new Map([
  ['channelcreated', { changeType: 'UPSERT', change: 'updated' }],
  ['channeldeleted', { changeType: 'UPSERT', change: 'updated' }],
  ['channelrenamed', { changeType: 'UPSERT', change: 'topic' }],
  ['channelrestored', { changeType: 'UPSERT', change: 'updated' }],
  ['teamarchived', { changeType: 'UPSERT', change: 'closed', state: 'CLOSE' }],
  ['teamunarchived', { changeType: 'UPSERT', change: 'updated', state: 'OPEN' }],
  ['teamdeleted', { changeType: 'DELETE', change: 'closed', state: 'CLOSE' }],
  ['teamharddeleted', { changeType: 'DELETE', change: 'closed', state: 'CLOSE' }],
  ['teamrenamed', { changeType: 'UPSERT', change: 'topic' }],
  ['teamrestored', { changeType: 'UPSERT', change: 'updated', state: 'OPEN' }],
  ['teammemberadded', { changeType: 'UPSERT', change: 'members' }],
  ['teammemberremoved', { changeType: 'UPSERT', change: 'members' }],
]);

/** conversationUpdate: members, topic, and what Teams says about channels and teams. */
export function conversationUpdateEvent(reading: ActivityReading): EventDraft {
  const { activity, type } = reading;
  const added = takeAccounts(activity, 'membersAdded');
  const removed = takeAccounts(activity, 'membersRemoved');
  const topicName = activity.takeText('topicName');
  const eventType = activity.takeText('channelData', 'eventType');
  const known = eventType === null ? undefined : TEAMS_CHANGES.get(eventType.toLowerCase());
  const change = added.length + removed.length > 0 ? 'members' : topicName !== null ? 'topic' : (known?.change ?? 'updated');
  return conversationEvent(reading, {
    changeType: known?.changeType ?? 'UPSERT',
    change,
    rawChange: eventType ?? type,
    state: known?.state ?? null,
    topic: topicName ?? renamedTo(reading, eventType),
    participants: [...added, ...removed],
    membersAdded: added.map((member) => member.id),
    membersRemoved: removed.map((member) => member.id),
  });
}

function renamedTo({ activity }: ActivityReading, eventType: string | null): string | null {
  switch (eventType?.toLowerCase()) {
    case 'teamrenamed':
      return activity.takeText('channelData', 'team', 'name');
    case 'channelrenamed':
      return activity.takeText('channelData', 'channel', 'name');
    default:
      return null;
  }
}

/** installationUpdate: the app came to the conversation (add, add-upgrade) or left it (remove, remove-upgrade). */
export function installationEvent(reading: ActivityReading): EventDraft {
  return conversationEvent(reading, { ...takeAction(reading), change: 'installation' });
}

/** contactRelationUpdate: a user put the bot on the list of contacts or took it off. */
export function contactEvent(reading: ActivityReading): EventDraft {
  return conversationEvent(reading, { ...takeAction(reading), change: 'contact' });
}

function takeAction({ activity, type }: ActivityReading): Pick<ConversationChange, 'changeType' | 'rawChange'> {
  const action = activity.takeText('action');
  return { changeType: action?.startsWith('remove') === true ? 'DELETE' : 'UPSERT', rawChange: action ?? type };
}

/** endOfConversation: the code says why. */
export function endOfConversationEvent(reading: ActivityReading): EventDraft {
  const code = reading.activity.takeText('code');
  return conversationEvent(reading, { changeType: 'UPSERT', change: 'closed', rawChange: code ?? reading.type, state: 'CLOSE' });
}
