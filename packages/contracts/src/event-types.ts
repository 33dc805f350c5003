import { topics } from './topics.ts';

/** Event types an app install may name, with the record that carries each and its topic. `topic: null`: the topic its source names. */
export const eventTypes = {
  'ms.MessagingEventNotification.ContentEvent': { record: 'switchboard.messaging.v1.ContentEvent', topic: topics.messaging.name },
  'ms.MessagingEventNotification.RichContentEvent': { record: 'switchboard.messaging.v1.RichContentEvent', topic: topics.messaging.name },
  'ms.MessagingEventNotification.AcceptStatusEvent': { record: 'switchboard.messaging.v1.AcceptStatusEvent', topic: topics.messaging.name },
  'ms.MessagingEventNotification.ChatStateEvent': { record: 'switchboard.messaging.v1.ChatStateEvent', topic: topics.messaging.name },
  'ms.MessagingEventNotification.ReactionEvent': { record: 'switchboard.messaging.v1.ReactionEvent', topic: topics.messaging.name },
  'ms.MessagingEventNotification.UpdateEvent': { record: 'switchboard.messaging.v1.UpdateEvent', topic: topics.messaging.name },
  'ms.MessagingEventNotification.DeleteEvent': { record: 'switchboard.messaging.v1.DeleteEvent', topic: topics.messaging.name },
  'cqm.ExConversationChangeNotification': {
    record: 'switchboard.conversation.v1.ExConversationChangeNotification',
    topic: topics.conversation.name,
  },
  'calling.CallNotification.IncomingCallEvent': { record: 'switchboard.calling.v1.IncomingCallEvent', topic: topics.calling.name },
  'calling.CallNotification.CallStateEvent': { record: 'switchboard.calling.v1.CallStateEvent', topic: topics.calling.name },
  'calling.CallNotification.ParticipantEvent': { record: 'switchboard.calling.v1.ParticipantEvent', topic: topics.calling.name },
  'calling.CallNotification.ToneEvent': { record: 'switchboard.calling.v1.ToneEvent', topic: topics.calling.name },
  'calling.CallNotification.OperationEvent': { record: 'switchboard.calling.v1.OperationEvent', topic: topics.calling.name },
  'calling.CallNotification.ProtocolDeterminationEvent': {
    record: 'switchboard.calling.v1.ProtocolDeterminationEvent',
    topic: topics.calling.name,
  },
  'switchboard.UnmappedNotification': { record: 'switchboard.notifications.v1.UnmappedNotification', topic: null },
} as const;

export type EventType = keyof typeof eventTypes;

export function isEventType(name: string): name is EventType {
  return Object.hasOwn(eventTypes, name);
}
