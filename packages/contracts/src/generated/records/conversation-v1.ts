// Generated from schemas/*.avsc by `npm run generate`. Do not edit.

/** A member of the conversation. */
export interface ConversationMember {
  /** Id of the member. */
  readonly id: string;
  /** Display name. */
  readonly name: null | string;
  /** Role as the sender names it. */
  readonly role: null | string;
  /** State as the sender names it. */
  readonly state: null | string;
}

/** A conversation was created, changed or closed. Event type cqm.ExConversationChangeNotification. */
export interface ExConversationChangeNotification {
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
  /** UPSERT or DELETE. */
  readonly changeType: string;
  /** What changed: created, updated, closed, members, roster, topic, installation, invitation, meeting; an open set. */
  readonly change: string;
  /** The change as the sender names it. */
  readonly rawChange: null | string;
  /** OPEN, CLOSE or what the sender says. */
  readonly state: null | string;
  /** Subject of the conversation. */
  readonly topic: null | string;
  /** Who caused the change. */
  readonly originatorId: null | string;
  /** Channel of the conversation, for example msteams. */
  readonly channelId: null | string;
  /** Where the channel takes answers to this conversation. */
  readonly serviceUrl: null | string;
  /** Members known from this notification. */
  readonly participants: readonly ConversationMember[];
  /** Ids of members that joined. */
  readonly membersAdded: readonly string[];
  /** Ids of members that left. */
  readonly membersRemoved: readonly string[];
  /** Active modalities, as the sender names them. */
  readonly modalities: readonly string[];
}

/** ExConversationChangeNotification as written. */
export type ExConversationChangeNotificationInput = Omit<ExConversationChangeNotification, 'tenantId' | 'conversationId' | 'sequence' | 'eventType' | 'notificationId' | 'tenantVerified' | 'rawChange' | 'state' | 'topic' | 'originatorId' | 'channelId' | 'serviceUrl' | 'participants' | 'membersAdded' | 'membersRemoved' | 'modalities'> & Partial<Pick<ExConversationChangeNotification, 'tenantId' | 'conversationId' | 'sequence' | 'eventType' | 'notificationId' | 'tenantVerified' | 'rawChange' | 'state' | 'topic' | 'originatorId' | 'channelId' | 'serviceUrl' | 'participants' | 'membersAdded' | 'membersRemoved' | 'modalities'>>;
