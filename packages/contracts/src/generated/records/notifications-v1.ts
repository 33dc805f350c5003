// Generated from schemas/*.avsc by `npm run generate`. Do not edit.

/** The verified sender. */
export interface Principal {
  /** bearer or hmac. */
  readonly scheme: string;
  /** Issuer of the token. */
  readonly issuer: null | string;
  /** Subject or app id of the token. */
  readonly subject: null | string;
  /** Tenant of the token. */
  readonly tenantId: null | string;
  /** Id of the key that signed. */
  readonly keyId: null | string;
}

/** What was answered. */
export interface Answer {
  /** HTTP status. */
  readonly status: number;
  /** Location header. */
  readonly location: null | string;
  /** Callback context issued to the sender. */
  readonly callbackContext: null | string;
  /** Callback address minted for this call. */
  readonly callbackUri: null | string;
}

/** One HTTP request of a source, as received. */
export interface RawNotification {
  /** UUIDv7. */
  readonly notificationId: string;
  /** Id of the inbound protocol. */
  readonly source: string;
  /** The operator's app. */
  readonly app: string;
  /** HTTP method. */
  readonly method: string;
  /** Parameters of the route. */
  readonly pathParameters: Readonly<Record<string, string>>;
  /** Query string as received, without the question mark. */
  readonly query: string;
  /** Correlation and content headers in lower case; never Authorization. */
  readonly headers: Readonly<Record<string, string>>;
  /** When the request was received. */
  readonly receivedAt: number;
  /** The verified sender. */
  readonly principal: Principal;
  /** Body bytes as received. */
  readonly body: Buffer;
  /** Conversation or call id; it is the record's key. */
  readonly routingKey: string;
  /** Equal for two requests that are the same notification of the sender. */
  readonly dedupeKey: string;
  /** accepted, legacy-switch, legacy-accepted or redirected. */
  readonly disposition: string;
  /** The answer given. */
  readonly answer: Answer;
  /** Until when a reply can still be sent as the answer. */
  readonly replyBy: null | number;
}

/** RawNotification as written. */
export type RawNotificationInput = Omit<RawNotification, 'replyBy'> & Partial<Pick<RawNotification, 'replyBy'>>;

/** A notification that makes no event. */
export interface RejectedNotification {
  /** Id of the notification where it could be read. */
  readonly notificationId: null | string;
  /** Source where it could be read. */
  readonly source: null | string;
  /** App where it could be read. */
  readonly app: null | string;
  /** Topic of the raw record. */
  readonly topic: string;
  /** Partition of the raw record. */
  readonly partition: number;
  /** Offset of the raw record. */
  readonly offset: number;
  /** Why: a closed code. */
  readonly code: string;
  /** More about why, never a secret and never the body. */
  readonly detail: null | string;
  /** Notification id of the first one with the same dedupe key. */
  readonly duplicateOf: null | string;
  /** Id of the schema of the raw record. */
  readonly schemaId: null | number;
  /** Version of the code that decided. */
  readonly codeVersion: string;
}

/** RejectedNotification as written. */
export type RejectedNotificationInput = Omit<RejectedNotification, 'notificationId' | 'source' | 'app' | 'detail' | 'duplicateOf' | 'schemaId'> & Partial<Pick<RejectedNotification, 'notificationId' | 'source' | 'app' | 'detail' | 'duplicateOf' | 'schemaId'>>;

/** A well-formed notification, or a part of one, that no rule maps. Event type switchboard.UnmappedNotification. */
export interface UnmappedNotification {
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
  /** What the protocol calls it. */
  readonly kind: string;
  /** JSON text of the part that was not mapped, secrets redacted. */
  readonly body: string;
}

/** UnmappedNotification as written. */
export type UnmappedNotificationInput = Omit<UnmappedNotification, 'tenantId' | 'conversationId' | 'sequence' | 'eventType' | 'notificationId' | 'tenantVerified'> & Partial<Pick<UnmappedNotification, 'tenantId' | 'conversationId' | 'sequence' | 'eventType' | 'notificationId' | 'tenantVerified'>>;
