// Generated from schemas/*.avsc by `npm run generate`. Do not edit.

/** Messages were read, accepted or failed. Event type ms.MessagingEventNotification.AcceptStatusEvent. */
export interface AcceptStatusEvent {
  /** UUIDv5 of the notification id and the event's index in it: the same raw record always gives the same id. */
  readonly eventId: string;
  /** When it happened according to the sender; the time of reception where the sender does not say. */
  readonly occurredAt: number;
  /** When the ingress received the notification. */
  readonly receivedAt: number;
  /** The operator's app the notification was addressed to. */
  readonly app: string;
  /** Id of the inbound protocol, for example graph-calling. */
  readonly source: string;
  /** Microsoft tenant, from the verified token or the payload. */
  readonly tenantId: null | string;
  /** Conversation or thread, as the sender names it. */
  readonly conversationId: null | string;
  /** The sender's own order hint, where it gives one. */
  readonly sequence: null | number;
  /** Position of the raw record: topic-partition-offset. */
  readonly raw: string;
  /** JSON object text: every member of the sender's payload that no field holds, secrets redacted. */
  readonly extensions: string;
  /** The event type, as app installs name it. Records of earlier versions do not hold it and are read with that of this record. */
  readonly eventType: string;
  /** UUIDv7 of the notification that the event was made from; null in records of earlier versions. */
  readonly notificationId: null | string;
  /** Whether tenantId comes from verified credentials or from the operator's configuration (true) or from the body alone (false); null where that was not recorded. */
  readonly tenantVerified: null | boolean;
  /** Id of the message within its conversation. */
  readonly messageId: null | string;
  /** Who caused the event. */
  readonly originatorId: null | string;
  /** Display name of the originator. */
  readonly originatorName: null | string;
  /** Role as the sender names it, for example user or bot. */
  readonly originatorRole: null | string;
  /** Channel of the conversation, for example msteams. */
  readonly channelId: null | string;
  /** Where the channel takes answers to this conversation. */
  readonly serviceUrl: null | string;
  /** The message this one answers or concerns. */
  readonly replyToId: null | string;
  /** ACCEPT, READ or NACK. */
  readonly status: string;
  /** Status as the sender wrote it. */
  readonly rawStatus: string;
  /** Messages concerned. */
  readonly messageIds: readonly string[];
  /** Why it failed, where the sender says. */
  readonly reason: null | string;
}

/** AcceptStatusEvent as written. */
export type AcceptStatusEventInput = Omit<AcceptStatusEvent, 'tenantId' | 'conversationId' | 'sequence' | 'eventType' | 'notificationId' | 'tenantVerified' | 'messageId' | 'originatorId' | 'originatorName' | 'originatorRole' | 'channelId' | 'serviceUrl' | 'replyToId' | 'rawStatus' | 'messageIds' | 'reason'> & Partial<Pick<AcceptStatusEvent, 'tenantId' | 'conversationId' | 'sequence' | 'eventType' | 'notificationId' | 'tenantVerified' | 'messageId' | 'originatorId' | 'originatorName' | 'originatorRole' | 'channelId' | 'serviceUrl' | 'replyToId' | 'rawStatus' | 'messageIds' | 'reason'>>;

/** Someone types or stopped typing. Event type ms.MessagingEventNotification.ChatStateEvent. */
export interface ChatStateEvent {
  /** UUIDv5 of the notification id and the event's index in it: the same raw record always gives the same id. */
  readonly eventId: string;
  /** When it happened according to the sender; the time of reception where the sender does not say. */
  readonly occurredAt: number;
  /** When the ingress received the notification. */
  readonly receivedAt: number;
  /** The operator's app the notification was addressed to. */
  readonly app: string;
  /** Id of the inbound protocol, for example graph-calling. */
  readonly source: string;
  /** Microsoft tenant, from the verified token or the payload. */
  readonly tenantId: null | string;
  /** Conversation or thread, as the sender names it. */
  readonly conversationId: null | string;
  /** The sender's own order hint, where it gives one. */
  readonly sequence: null | number;
  /** Position of the raw record: topic-partition-offset. */
  readonly raw: string;
  /** JSON object text: every member of the sender's payload that no field holds, secrets redacted. */
  readonly extensions: string;
  /** The event type, as app installs name it. Records of earlier versions do not hold it and are read with that of this record. */
  readonly eventType: string;
  /** UUIDv7 of the notification that the event was made from; null in records of earlier versions. */
  readonly notificationId: null | string;
  /** Whether tenantId comes from verified credentials or from the operator's configuration (true) or from the body alone (false); null where that was not recorded. */
  readonly tenantVerified: null | boolean;
  /** Id of the message within its conversation. */
  readonly messageId: null | string;
  /** Who caused the event. */
  readonly originatorId: null | string;
  /** Display name of the originator. */
  readonly originatorName: null | string;
  /** Role as the sender names it, for example user or bot. */
  readonly originatorRole: null | string;
  /** Channel of the conversation, for example msteams. */
  readonly channelId: null | string;
  /** Where the channel takes answers to this conversation. */
  readonly serviceUrl: null | string;
  /** The message this one answers or concerns. */
  readonly replyToId: null | string;
  /** COMPOSING, ACTIVE, PAUSE or GONE. */
  readonly chatState: string;
  /** State as the sender wrote it. */
  readonly rawState: string;
}

/** ChatStateEvent as written. */
export type ChatStateEventInput = Omit<ChatStateEvent, 'tenantId' | 'conversationId' | 'sequence' | 'eventType' | 'notificationId' | 'tenantVerified' | 'messageId' | 'originatorId' | 'originatorName' | 'originatorRole' | 'channelId' | 'serviceUrl' | 'replyToId' | 'rawState'> & Partial<Pick<ChatStateEvent, 'tenantId' | 'conversationId' | 'sequence' | 'eventType' | 'notificationId' | 'tenantVerified' | 'messageId' | 'originatorId' | 'originatorName' | 'originatorRole' | 'channelId' | 'serviceUrl' | 'replyToId' | 'rawState'>>;

/** A mention in the text. */
export interface Mention {
  /** Who is mentioned. */
  readonly id: null | string;
  /** Name of who is mentioned. */
  readonly name: null | string;
  /** The text that stands for the mention. */
  readonly text: null | string;
}

/** A text message without attachments. Event type ms.MessagingEventNotification.ContentEvent. */
export interface ContentEvent {
  /** UUIDv5 of the notification id and the event's index in it: the same raw record always gives the same id. */
  readonly eventId: string;
  /** When it happened according to the sender; the time of reception where the sender does not say. */
  readonly occurredAt: number;
  /** When the ingress received the notification. */
  readonly receivedAt: number;
  /** The operator's app the notification was addressed to. */
  readonly app: string;
  /** Id of the inbound protocol, for example graph-calling. */
  readonly source: string;
  /** Microsoft tenant, from the verified token or the payload. */
  readonly tenantId: null | string;
  /** Conversation or thread, as the sender names it. */
  readonly conversationId: null | string;
  /** The sender's own order hint, where it gives one. */
  readonly sequence: null | number;
  /** Position of the raw record: topic-partition-offset. */
  readonly raw: string;
  /** JSON object text: every member of the sender's payload that no field holds, secrets redacted. */
  readonly extensions: string;
  /** The event type, as app installs name it. Records of earlier versions do not hold it and are read with that of this record. */
  readonly eventType: string;
  /** UUIDv7 of the notification that the event was made from; null in records of earlier versions. */
  readonly notificationId: null | string;
  /** Whether tenantId comes from verified credentials or from the operator's configuration (true) or from the body alone (false); null where that was not recorded. */
  readonly tenantVerified: null | boolean;
  /** Id of the message within its conversation. */
  readonly messageId: null | string;
  /** Who caused the event. */
  readonly originatorId: null | string;
  /** Display name of the originator. */
  readonly originatorName: null | string;
  /** Role as the sender names it, for example user or bot. */
  readonly originatorRole: null | string;
  /** Channel of the conversation, for example msteams. */
  readonly channelId: null | string;
  /** Where the channel takes answers to this conversation. */
  readonly serviceUrl: null | string;
  /** The message this one answers or concerns. */
  readonly replyToId: null | string;
  /** The text as sent. */
  readonly message: string;
  /** Media type of the text. */
  readonly contentType: string;
  /** Language tag of the text. */
  readonly locale: null | string;
  /** low, normal, high or what the sender says. */
  readonly importance: null | string;
  /** Mentions in the order given. */
  readonly mentions: readonly Mention[];
}

/** ContentEvent as written. */
export type ContentEventInput = Omit<ContentEvent, 'tenantId' | 'conversationId' | 'sequence' | 'eventType' | 'notificationId' | 'tenantVerified' | 'messageId' | 'originatorId' | 'originatorName' | 'originatorRole' | 'channelId' | 'serviceUrl' | 'replyToId' | 'contentType' | 'locale' | 'importance' | 'mentions'> & Partial<Pick<ContentEvent, 'tenantId' | 'conversationId' | 'sequence' | 'eventType' | 'notificationId' | 'tenantVerified' | 'messageId' | 'originatorId' | 'originatorName' | 'originatorRole' | 'channelId' | 'serviceUrl' | 'replyToId' | 'contentType' | 'locale' | 'importance' | 'mentions'>>;

/** A message was deleted. Event type ms.MessagingEventNotification.DeleteEvent. */
export interface DeleteEvent {
  /** UUIDv5 of the notification id and the event's index in it: the same raw record always gives the same id. */
  readonly eventId: string;
  /** When it happened according to the sender; the time of reception where the sender does not say. */
  readonly occurredAt: number;
  /** When the ingress received the notification. */
  readonly receivedAt: number;
  /** The operator's app the notification was addressed to. */
  readonly app: string;
  /** Id of the inbound protocol, for example graph-calling. */
  readonly source: string;
  /** Microsoft tenant, from the verified token or the payload. */
  readonly tenantId: null | string;
  /** Conversation or thread, as the sender names it. */
  readonly conversationId: null | string;
  /** The sender's own order hint, where it gives one. */
  readonly sequence: null | number;
  /** Position of the raw record: topic-partition-offset. */
  readonly raw: string;
  /** JSON object text: every member of the sender's payload that no field holds, secrets redacted. */
  readonly extensions: string;
  /** The event type, as app installs name it. Records of earlier versions do not hold it and are read with that of this record. */
  readonly eventType: string;
  /** UUIDv7 of the notification that the event was made from; null in records of earlier versions. */
  readonly notificationId: null | string;
  /** Whether tenantId comes from verified credentials or from the operator's configuration (true) or from the body alone (false); null where that was not recorded. */
  readonly tenantVerified: null | boolean;
  /** Id of the message within its conversation. */
  readonly messageId: null | string;
  /** Who caused the event. */
  readonly originatorId: null | string;
  /** Display name of the originator. */
  readonly originatorName: null | string;
  /** Role as the sender names it, for example user or bot. */
  readonly originatorRole: null | string;
  /** Channel of the conversation, for example msteams. */
  readonly channelId: null | string;
  /** Where the channel takes answers to this conversation. */
  readonly serviceUrl: null | string;
  /** The message this one answers or concerns. */
  readonly replyToId: null | string;
  /** soft, hard or what the sender says. */
  readonly deleteKind: string;
}

/** DeleteEvent as written. */
export type DeleteEventInput = Omit<DeleteEvent, 'tenantId' | 'conversationId' | 'sequence' | 'eventType' | 'notificationId' | 'tenantVerified' | 'messageId' | 'originatorId' | 'originatorName' | 'originatorRole' | 'channelId' | 'serviceUrl' | 'replyToId' | 'deleteKind'> & Partial<Pick<DeleteEvent, 'tenantId' | 'conversationId' | 'sequence' | 'eventType' | 'notificationId' | 'tenantVerified' | 'messageId' | 'originatorId' | 'originatorName' | 'originatorRole' | 'channelId' | 'serviceUrl' | 'replyToId' | 'deleteKind'>>;

/** Reactions were added to or removed from a message. Event type ms.MessagingEventNotification.ReactionEvent. */
export interface ReactionEvent {
  /** UUIDv5 of the notification id and the event's index in it: the same raw record always gives the same id. */
  readonly eventId: string;
  /** When it happened according to the sender; the time of reception where the sender does not say. */
  readonly occurredAt: number;
  /** When the ingress received the notification. */
  readonly receivedAt: number;
  /** The operator's app the notification was addressed to. */
  readonly app: string;
  /** Id of the inbound protocol, for example graph-calling. */
  readonly source: string;
  /** Microsoft tenant, from the verified token or the payload. */
  readonly tenantId: null | string;
  /** Conversation or thread, as the sender names it. */
  readonly conversationId: null | string;
  /** The sender's own order hint, where it gives one. */
  readonly sequence: null | number;
  /** Position of the raw record: topic-partition-offset. */
  readonly raw: string;
  /** JSON object text: every member of the sender's payload that no field holds, secrets redacted. */
  readonly extensions: string;
  /** The event type, as app installs name it. Records of earlier versions do not hold it and are read with that of this record. */
  readonly eventType: string;
  /** UUIDv7 of the notification that the event was made from; null in records of earlier versions. */
  readonly notificationId: null | string;
  /** Whether tenantId comes from verified credentials or from the operator's configuration (true) or from the body alone (false); null where that was not recorded. */
  readonly tenantVerified: null | boolean;
  /** Id of the message within its conversation. */
  readonly messageId: null | string;
  /** Who caused the event. */
  readonly originatorId: null | string;
  /** Display name of the originator. */
  readonly originatorName: null | string;
  /** Role as the sender names it, for example user or bot. */
  readonly originatorRole: null | string;
  /** Channel of the conversation, for example msteams. */
  readonly channelId: null | string;
  /** Where the channel takes answers to this conversation. */
  readonly serviceUrl: null | string;
  /** The message this one answers or concerns. */
  readonly replyToId: null | string;
  /** Reactions added, as the sender names them. */
  readonly reactionsAdded: readonly string[];
  /** Reactions removed, as the sender names them. */
  readonly reactionsRemoved: readonly string[];
}

/** ReactionEvent as written. */
export type ReactionEventInput = Omit<ReactionEvent, 'tenantId' | 'conversationId' | 'sequence' | 'eventType' | 'notificationId' | 'tenantVerified' | 'messageId' | 'originatorId' | 'originatorName' | 'originatorRole' | 'channelId' | 'serviceUrl' | 'replyToId' | 'reactionsAdded' | 'reactionsRemoved'> & Partial<Pick<ReactionEvent, 'tenantId' | 'conversationId' | 'sequence' | 'eventType' | 'notificationId' | 'tenantVerified' | 'messageId' | 'originatorId' | 'originatorName' | 'originatorRole' | 'channelId' | 'serviceUrl' | 'replyToId' | 'reactionsAdded' | 'reactionsRemoved'>>;

/** A message with cards, attachments or a card action. Event type ms.MessagingEventNotification.RichContentEvent. */
export interface RichContentEvent {
  /** UUIDv5 of the notification id and the event's index in it: the same raw record always gives the same id. */
  readonly eventId: string;
  /** When it happened according to the sender; the time of reception where the sender does not say. */
  readonly occurredAt: number;
  /** When the ingress received the notification. */
  readonly receivedAt: number;
  /** The operator's app the notification was addressed to. */
  readonly app: string;
  /** Id of the inbound protocol, for example graph-calling. */
  readonly source: string;
  /** Microsoft tenant, from the verified token or the payload. */
  readonly tenantId: null | string;
  /** Conversation or thread, as the sender names it. */
  readonly conversationId: null | string;
  /** The sender's own order hint, where it gives one. */
  readonly sequence: null | number;
  /** Position of the raw record: topic-partition-offset. */
  readonly raw: string;
  /** JSON object text: every member of the sender's payload that no field holds, secrets redacted. */
  readonly extensions: string;
  /** The event type, as app installs name it. Records of earlier versions do not hold it and are read with that of this record. */
  readonly eventType: string;
  /** UUIDv7 of the notification that the event was made from; null in records of earlier versions. */
  readonly notificationId: null | string;
  /** Whether tenantId comes from verified credentials or from the operator's configuration (true) or from the body alone (false); null where that was not recorded. */
  readonly tenantVerified: null | boolean;
  /** Id of the message within its conversation. */
  readonly messageId: null | string;
  /** Who caused the event. */
  readonly originatorId: null | string;
  /** Display name of the originator. */
  readonly originatorName: null | string;
  /** Role as the sender names it, for example user or bot. */
  readonly originatorRole: null | string;
  /** Channel of the conversation, for example msteams. */
  readonly channelId: null | string;
  /** Where the channel takes answers to this conversation. */
  readonly serviceUrl: null | string;
  /** The message this one answers or concerns. */
  readonly replyToId: null | string;
  /** JSON text: attachments, suggested actions, value and all else that makes the message rich, secrets redacted. */
  readonly content: string;
  /** Text beside the rich content. */
  readonly text: null | string;
  /** Media types of the attachments in order. */
  readonly contentTypes: readonly string[];
  /** Name of the invoke where the message is a card action. */
  readonly action: null | string;
  /** Language tag of the text. */
  readonly locale: null | string;
}

/** RichContentEvent as written. */
export type RichContentEventInput = Omit<RichContentEvent, 'tenantId' | 'conversationId' | 'sequence' | 'eventType' | 'notificationId' | 'tenantVerified' | 'messageId' | 'originatorId' | 'originatorName' | 'originatorRole' | 'channelId' | 'serviceUrl' | 'replyToId' | 'text' | 'contentTypes' | 'action' | 'locale'> & Partial<Pick<RichContentEvent, 'tenantId' | 'conversationId' | 'sequence' | 'eventType' | 'notificationId' | 'tenantVerified' | 'messageId' | 'originatorId' | 'originatorName' | 'originatorRole' | 'channelId' | 'serviceUrl' | 'replyToId' | 'text' | 'contentTypes' | 'action' | 'locale'>>;

/** A message was edited or restored. Event type ms.MessagingEventNotification.UpdateEvent. */
export interface UpdateEvent {
  /** UUIDv5 of the notification id and the event's index in it: the same raw record always gives the same id. */
  readonly eventId: string;
  /** When it happened according to the sender; the time of reception where the sender does not say. */
  readonly occurredAt: number;
  /** When the ingress received the notification. */
  readonly receivedAt: number;
  /** The operator's app the notification was addressed to. */
  readonly app: string;
  /** Id of the inbound protocol, for example graph-calling. */
  readonly source: string;
  /** Microsoft tenant, from the verified token or the payload. */
  readonly tenantId: null | string;
  /** Conversation or thread, as the sender names it. */
  readonly conversationId: null | string;
  /** The sender's own order hint, where it gives one. */
  readonly sequence: null | number;
  /** Position of the raw record: topic-partition-offset. */
  readonly raw: string;
  /** JSON object text: every member of the sender's payload that no field holds, secrets redacted. */
  readonly extensions: string;
  /** The event type, as app installs name it. Records of earlier versions do not hold it and are read with that of this record. */
  readonly eventType: string;
  /** UUIDv7 of the notification that the event was made from; null in records of earlier versions. */
  readonly notificationId: null | string;
  /** Whether tenantId comes from verified credentials or from the operator's configuration (true) or from the body alone (false); null where that was not recorded. */
  readonly tenantVerified: null | boolean;
  /** Id of the message within its conversation. */
  readonly messageId: null | string;
  /** Who caused the event. */
  readonly originatorId: null | string;
  /** Display name of the originator. */
  readonly originatorName: null | string;
  /** Role as the sender names it, for example user or bot. */
  readonly originatorRole: null | string;
  /** Channel of the conversation, for example msteams. */
  readonly channelId: null | string;
  /** Where the channel takes answers to this conversation. */
  readonly serviceUrl: null | string;
  /** The message this one answers or concerns. */
  readonly replyToId: null | string;
  /** edit, undelete or what the sender says. */
  readonly updateKind: string;
  /** The new text. */
  readonly message: null | string;
  /** Media type of the new text. */
  readonly contentType: null | string;
  /** JSON text of the new attachments. */
  readonly content: null | string;
}

/** UpdateEvent as written. */
export type UpdateEventInput = Omit<UpdateEvent, 'tenantId' | 'conversationId' | 'sequence' | 'eventType' | 'notificationId' | 'tenantVerified' | 'messageId' | 'originatorId' | 'originatorName' | 'originatorRole' | 'channelId' | 'serviceUrl' | 'replyToId' | 'message' | 'contentType' | 'content'> & Partial<Pick<UpdateEvent, 'tenantId' | 'conversationId' | 'sequence' | 'eventType' | 'notificationId' | 'tenantVerified' | 'messageId' | 'originatorId' | 'originatorName' | 'originatorRole' | 'channelId' | 'serviceUrl' | 'replyToId' | 'message' | 'contentType' | 'content'>>;
