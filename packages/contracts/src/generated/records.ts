// Generated from schemas/*.avsc by `npm run generate`. Do not edit.

/** One end of a call. */
export interface CallParty {
  /** Id, MRI, SIP address or phone number. */
  readonly id: null | string;
  /** Kind of identity: user, application, phone, guest and others; an open set. */
  readonly kind: null | string;
  /** Display name. */
  readonly displayName: null | string;
  /** Tenant of the identity. */
  readonly tenantId: null | string;
  /** ISO country code. */
  readonly countryCode: null | string;
  /** Region of the endpoint. */
  readonly region: null | string;
  /** Language tag. */
  readonly languageId: null | string;
}

/** A participant of a call. */
export interface CallParticipant {
  /** Id of the participation. */
  readonly id: null | string;
  /** Who takes part. */
  readonly identity: null | CallParty;
  /** Whether muted. */
  readonly isMuted: null | boolean;
  /** Whether waiting in the lobby. */
  readonly isInLobby: null | boolean;
  /** Role as the sender names it. */
  readonly role: null | string;
  /** JSON text of the media streams. */
  readonly mediaStreams: null | string;
}

/** A participant of a legacy call. */
export interface LegacyParticipant {
  /** MRI of the participant. */
  readonly identity: string;
  /** Display name. */
  readonly displayName: null | string;
  /** Whether this participant started the call. */
  readonly originator: boolean;
  /** Language tag. */
  readonly languageId: null | string;
}

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

/** A header of the install. */
export interface WebhookHeader {
  /** Header name. */
  readonly name: string;
  /** Header value. */
  readonly value: string;
}

/** Where and how events of one type are delivered. */
export interface Webhook {
  /** HTTPS address. */
  readonly endpoint: string;
  /** Attempts after the first, 0 to 5. */
  readonly maxRetries: number;
  /** Headers sent with every attempt. */
  readonly headers: readonly WebhookHeader[];
  /** conversation where later deliveries of a conversation wait for earlier ones. */
  readonly ordering: null | string;
  /** Most attempts at a time. */
  readonly maxConcurrency: null | number;
  /** Most attempts a second. */
  readonly rateLimit: null | number;
  /** Whether a 200 response body is a reply to the sender. */
  readonly replier: boolean;
  /** Whether a 410 disables the webhook. */
  readonly disableOnGone: boolean;
  /** Whether the webhook was disabled by a 410. */
  readonly disabled: boolean;
}

/** Which events are delivered; an absent list admits all. */
export interface InstallFilter {
  /** Apps admitted. */
  readonly apps: null | readonly string[];
  /** Tenants admitted; an event without a tenant never passes. */
  readonly tenants: null | readonly string[];
  /** Sources admitted. */
  readonly sources: null | readonly string[];
}

/** A signing secret, encrypted. */
export interface SigningSecret {
  /** Id of the secret. */
  readonly id: string;
  /** AES-256-GCM: nonce, ciphertext, tag. */
  readonly ciphertext: Buffer;
  /** When it ends. */
  readonly notAfter: null | number;
}

/** A mention in the text. */
export interface Mention {
  /** Who is mentioned. */
  readonly id: null | string;
  /** Name of who is mentioned. */
  readonly name: null | string;
  /** The text that stands for the mention. */
  readonly text: null | string;
}

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

/** The state of a call changed. Event type calling.CallNotification.CallStateEvent. */
export interface CallStateEvent {
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
  /** Id of the call; it is the record's key. */
  readonly callId: string;
  /** Joins the calls and protocols of one user-visible call. */
  readonly callChainId: null | string;
  /** Form the sender used: graph, legacy or ucwa. */
  readonly protocol: string;
  /** Call state in lower camel case; unknown where the notification only carries media or transfer state. */
  readonly state: string;
  /** State as the sender wrote it. */
  readonly rawState: string;
  /** created, updated or deleted. */
  readonly changeType: null | string;
  /** incoming or outgoing. */
  readonly direction: null | string;
  /** State of the audio: active, inactive or what the sender says. */
  readonly mediaState: null | string;
  /** Active modalities. */
  readonly modalities: readonly string[];
  /** Why the call ended. */
  readonly terminationReason: null | string;
  /** Result code of the platform. */
  readonly resultCode: null | number;
  /** Result subcode of the platform. */
  readonly resultSubcode: null | number;
  /** Result text of the platform. */
  readonly resultMessage: null | string;
}

/** CallStateEvent as written. */
export type CallStateEventInput = Omit<CallStateEvent, 'tenantId' | 'conversationId' | 'sequence' | 'callChainId' | 'rawState' | 'changeType' | 'direction' | 'mediaState' | 'modalities' | 'terminationReason' | 'resultCode' | 'resultSubcode' | 'resultMessage'> & Partial<Pick<CallStateEvent, 'tenantId' | 'conversationId' | 'sequence' | 'callChainId' | 'rawState' | 'changeType' | 'direction' | 'mediaState' | 'modalities' | 'terminationReason' | 'resultCode' | 'resultSubcode' | 'resultMessage'>>;

/** A call came in. Event type calling.CallNotification.IncomingCallEvent. */
export interface IncomingCallEvent {
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
  /** Id of the call; it is the record's key. */
  readonly callId: string;
  /** Joins the calls and protocols of one user-visible call. */
  readonly callChainId: null | string;
  /** Form the sender used: graph, legacy or ucwa. */
  readonly protocol: string;
  /** Call state in lower camel case. */
  readonly state: null | string;
  /** incoming or outgoing. */
  readonly direction: null | string;
  /** Subject of the call. */
  readonly subject: null | string;
  /** Modalities requested. */
  readonly modalities: readonly string[];
  /** Who calls. */
  readonly caller: null | CallParty;
  /** Who is called. */
  readonly targets: readonly CallParty[];
  /** On whose behalf the caller acts. */
  readonly onBehalfOf: null | CallParty;
  /** Pass this to the answer API: further notifications of this call then come back to the region that took it. */
  readonly callbackUri: null | string;
  /** Chat thread of the call. */
  readonly threadId: null | string;
  /** JSON text of the meeting information, tokens redacted. */
  readonly meeting: null | string;
}

/** IncomingCallEvent as written. */
export type IncomingCallEventInput = Omit<IncomingCallEvent, 'tenantId' | 'conversationId' | 'sequence' | 'callChainId' | 'state' | 'direction' | 'subject' | 'modalities' | 'caller' | 'targets' | 'onBehalfOf' | 'callbackUri' | 'threadId' | 'meeting'> & Partial<Pick<IncomingCallEvent, 'tenantId' | 'conversationId' | 'sequence' | 'callChainId' | 'state' | 'direction' | 'subject' | 'modalities' | 'caller' | 'targets' | 'onBehalfOf' | 'callbackUri' | 'threadId' | 'meeting'>>;

/** An operation on a call made progress. Event type calling.CallNotification.OperationEvent. */
export interface OperationEvent {
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
  /** Id of the call; it is the record's key. */
  readonly callId: string;
  /** Joins the calls and protocols of one user-visible call. */
  readonly callChainId: null | string;
  /** Form the sender used: graph, legacy or ucwa. */
  readonly protocol: string;
  /** Id of the operation. */
  readonly operationId: null | string;
  /** playPrompt, record, mute, invite and others; an open set. */
  readonly operation: string;
  /** running, completed, failed or what the sender says. */
  readonly status: string;
  /** Context the caller of the operation gave. */
  readonly clientContext: null | string;
  /** Result code of the platform. */
  readonly resultCode: null | number;
  /** Result subcode of the platform. */
  readonly resultSubcode: null | number;
  /** Result text of the platform. */
  readonly resultMessage: null | string;
}

/** OperationEvent as written. */
export type OperationEventInput = Omit<OperationEvent, 'tenantId' | 'conversationId' | 'sequence' | 'callChainId' | 'operationId' | 'clientContext' | 'resultCode' | 'resultSubcode' | 'resultMessage'> & Partial<Pick<OperationEvent, 'tenantId' | 'conversationId' | 'sequence' | 'callChainId' | 'operationId' | 'clientContext' | 'resultCode' | 'resultSubcode' | 'resultMessage'>>;

/** The roster of a call changed. Event type calling.CallNotification.ParticipantEvent. */
export interface ParticipantEvent {
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
  /** Id of the call; it is the record's key. */
  readonly callId: string;
  /** Joins the calls and protocols of one user-visible call. */
  readonly callChainId: null | string;
  /** Form the sender used: graph, legacy or ucwa. */
  readonly protocol: string;
  /** added, updated or deleted. */
  readonly change: string;
  /** True where participants is the whole roster. */
  readonly snapshot: boolean;
  /** Participants in the order given. */
  readonly participants: readonly CallParticipant[];
}

/** ParticipantEvent as written. */
export type ParticipantEventInput = Omit<ParticipantEvent, 'tenantId' | 'conversationId' | 'sequence' | 'callChainId' | 'snapshot' | 'participants'> & Partial<Pick<ParticipantEvent, 'tenantId' | 'conversationId' | 'sequence' | 'callChainId' | 'snapshot' | 'participants'>>;

/** A call was announced in the legacy protocol and answered with 204; the platform announces it again in Graph form. Event type calling.CallNotification.ProtocolDeterminationEvent. */
export interface ProtocolDeterminationEvent {
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
  /** Id of the call; it is the record's key. */
  readonly callId: string;
  /** Joins the calls and protocols of one user-visible call. */
  readonly callChainId: null | string;
  /** Form the sender used: graph, legacy or ucwa. */
  readonly protocol: string;
  /** Call state in lower camel case. */
  readonly state: null | string;
  /** conversation, conversationResult or notification. */
  readonly notificationKind: string;
  /** Subject of the call. */
  readonly subject: null | string;
  /** Modalities presented. */
  readonly modalities: readonly string[];
  /** Participants in the order given. */
  readonly participants: readonly LegacyParticipant[];
}

/** ProtocolDeterminationEvent as written. */
export type ProtocolDeterminationEventInput = Omit<ProtocolDeterminationEvent, 'tenantId' | 'conversationId' | 'sequence' | 'callChainId' | 'state' | 'subject' | 'modalities' | 'participants'> & Partial<Pick<ProtocolDeterminationEvent, 'tenantId' | 'conversationId' | 'sequence' | 'callChainId' | 'state' | 'subject' | 'modalities' | 'participants'>>;

/** A DTMF tone. Event type calling.CallNotification.ToneEvent. */
export interface ToneEvent {
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
  /** Id of the call; it is the record's key. */
  readonly callId: string;
  /** Joins the calls and protocols of one user-visible call. */
  readonly callChainId: null | string;
  /** Form the sender used: graph, legacy or ucwa. */
  readonly protocol: string;
  /** 0 to 9, star, pound, a to d, flash or what the sender says. */
  readonly tone: string;
  /** The platform's number of the tone within the call. */
  readonly toneSequence: null | number;
}

/** ToneEvent as written. */
export type ToneEventInput = Omit<ToneEvent, 'tenantId' | 'conversationId' | 'sequence' | 'callChainId' | 'toneSequence'> & Partial<Pick<ToneEvent, 'tenantId' | 'conversationId' | 'sequence' | 'callChainId' | 'toneSequence'>>;

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
export type ExConversationChangeNotificationInput = Omit<ExConversationChangeNotification, 'tenantId' | 'conversationId' | 'sequence' | 'rawChange' | 'state' | 'topic' | 'originatorId' | 'channelId' | 'serviceUrl' | 'participants' | 'membersAdded' | 'membersRemoved' | 'modalities'> & Partial<Pick<ExConversationChangeNotification, 'tenantId' | 'conversationId' | 'sequence' | 'rawChange' | 'state' | 'topic' | 'originatorId' | 'channelId' | 'serviceUrl' | 'participants' | 'membersAdded' | 'membersRemoved' | 'modalities'>>;

/** One attempt of a delivery, or its end. */
export interface DeliveryAttempt {
  /** UUIDv5 of the event id and the install id; it is the record's key. */
  readonly deliveryId: string;
  /** 0 for the first run, else a replay id or redrive number. */
  readonly run: string;
  /** The event. */
  readonly eventId: string;
  /** The event's type. */
  readonly eventType: string;
  /** The install. */
  readonly installId: string;
  /** Version of the install that this attempt used. */
  readonly installVersion: number;
  /** Number of the attempt, from 1; 0 where none was made. */
  readonly attempt: number;
  /** How often the delivery was put off without an attempt. */
  readonly deferrals: number;
  /** delivered, failed, deferred, dead or skipped. */
  readonly outcome: string;
  /** Whether the delivery ends here. */
  readonly terminal: boolean;
  /** Why it did not succeed: a closed code. */
  readonly code: null | string;
  /** HTTP status where one came. */
  readonly status: null | number;
  /** When the attempt or the decision was made. */
  readonly startedAt: number;
  /** How long the attempt took. */
  readonly durationMs: number;
  /** Topic the delivery waits in. */
  readonly next: null | string;
  /** Position of the record that was worked on: topic-partition-offset. */
  readonly record: string;
}

/** DeliveryAttempt as written. */
export type DeliveryAttemptInput = Omit<DeliveryAttempt, 'run' | 'deferrals' | 'code' | 'status' | 'durationMs' | 'next'> & Partial<Pick<DeliveryAttempt, 'run' | 'deferrals' | 'code' | 'status' | 'durationMs' | 'next'>>;

/** State of an app install; the newest record of its key counts. */
export interface AppInstall {
  /** Id of the install; it is the record's key. */
  readonly installId: string;
  /** Counts up with every write, from 1. */
  readonly version: number;
  /** Name of the app install. */
  readonly clientName: string;
  /** Whether events are delivered. */
  readonly enabled: boolean;
  /** Whether an operator holds deliveries back. */
  readonly paused: boolean;
  /** Webhooks by event type. */
  readonly webhooks: Readonly<Record<string, Webhook>>;
  /** Longest age of a delivery where ordering is kept. */
  readonly retentionTimeSeconds: null | number;
  /** Which events are delivered. */
  readonly filter: null | InstallFilter;
  /** Secrets that sign, newest first. */
  readonly signingSecrets: readonly SigningSecret[];
  /** JSON text of the document as accepted, without secrets. */
  readonly document: string;
  /** First write. */
  readonly createdAt: number;
  /** This write. */
  readonly updatedAt: number;
}

/** AppInstall as written. */
export type AppInstallInput = Omit<AppInstall, 'paused' | 'retentionTimeSeconds' | 'filter' | 'signingSecrets'> & Partial<Pick<AppInstall, 'paused' | 'retentionTimeSeconds' | 'filter' | 'signingSecrets'>>;

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
export type AcceptStatusEventInput = Omit<AcceptStatusEvent, 'tenantId' | 'conversationId' | 'sequence' | 'messageId' | 'originatorId' | 'originatorName' | 'originatorRole' | 'channelId' | 'serviceUrl' | 'replyToId' | 'rawStatus' | 'messageIds' | 'reason'> & Partial<Pick<AcceptStatusEvent, 'tenantId' | 'conversationId' | 'sequence' | 'messageId' | 'originatorId' | 'originatorName' | 'originatorRole' | 'channelId' | 'serviceUrl' | 'replyToId' | 'rawStatus' | 'messageIds' | 'reason'>>;

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
export type ChatStateEventInput = Omit<ChatStateEvent, 'tenantId' | 'conversationId' | 'sequence' | 'messageId' | 'originatorId' | 'originatorName' | 'originatorRole' | 'channelId' | 'serviceUrl' | 'replyToId' | 'rawState'> & Partial<Pick<ChatStateEvent, 'tenantId' | 'conversationId' | 'sequence' | 'messageId' | 'originatorId' | 'originatorName' | 'originatorRole' | 'channelId' | 'serviceUrl' | 'replyToId' | 'rawState'>>;

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
export type ContentEventInput = Omit<ContentEvent, 'tenantId' | 'conversationId' | 'sequence' | 'messageId' | 'originatorId' | 'originatorName' | 'originatorRole' | 'channelId' | 'serviceUrl' | 'replyToId' | 'contentType' | 'locale' | 'importance' | 'mentions'> & Partial<Pick<ContentEvent, 'tenantId' | 'conversationId' | 'sequence' | 'messageId' | 'originatorId' | 'originatorName' | 'originatorRole' | 'channelId' | 'serviceUrl' | 'replyToId' | 'contentType' | 'locale' | 'importance' | 'mentions'>>;

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
export type DeleteEventInput = Omit<DeleteEvent, 'tenantId' | 'conversationId' | 'sequence' | 'messageId' | 'originatorId' | 'originatorName' | 'originatorRole' | 'channelId' | 'serviceUrl' | 'replyToId' | 'deleteKind'> & Partial<Pick<DeleteEvent, 'tenantId' | 'conversationId' | 'sequence' | 'messageId' | 'originatorId' | 'originatorName' | 'originatorRole' | 'channelId' | 'serviceUrl' | 'replyToId' | 'deleteKind'>>;

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
export type ReactionEventInput = Omit<ReactionEvent, 'tenantId' | 'conversationId' | 'sequence' | 'messageId' | 'originatorId' | 'originatorName' | 'originatorRole' | 'channelId' | 'serviceUrl' | 'replyToId' | 'reactionsAdded' | 'reactionsRemoved'> & Partial<Pick<ReactionEvent, 'tenantId' | 'conversationId' | 'sequence' | 'messageId' | 'originatorId' | 'originatorName' | 'originatorRole' | 'channelId' | 'serviceUrl' | 'replyToId' | 'reactionsAdded' | 'reactionsRemoved'>>;

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
export type RichContentEventInput = Omit<RichContentEvent, 'tenantId' | 'conversationId' | 'sequence' | 'messageId' | 'originatorId' | 'originatorName' | 'originatorRole' | 'channelId' | 'serviceUrl' | 'replyToId' | 'text' | 'contentTypes' | 'action' | 'locale'> & Partial<Pick<RichContentEvent, 'tenantId' | 'conversationId' | 'sequence' | 'messageId' | 'originatorId' | 'originatorName' | 'originatorRole' | 'channelId' | 'serviceUrl' | 'replyToId' | 'text' | 'contentTypes' | 'action' | 'locale'>>;

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
export type UpdateEventInput = Omit<UpdateEvent, 'tenantId' | 'conversationId' | 'sequence' | 'messageId' | 'originatorId' | 'originatorName' | 'originatorRole' | 'channelId' | 'serviceUrl' | 'replyToId' | 'message' | 'contentType' | 'content'> & Partial<Pick<UpdateEvent, 'tenantId' | 'conversationId' | 'sequence' | 'messageId' | 'originatorId' | 'originatorName' | 'originatorRole' | 'channelId' | 'serviceUrl' | 'replyToId' | 'message' | 'contentType' | 'content'>>;

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
  /** What the protocol calls it. */
  readonly kind: string;
  /** JSON text of the part that was not mapped, secrets redacted. */
  readonly body: string;
}

/** UnmappedNotification as written. */
export type UnmappedNotificationInput = Omit<UnmappedNotification, 'tenantId' | 'conversationId' | 'sequence'> & Partial<Pick<UnmappedNotification, 'tenantId' | 'conversationId' | 'sequence'>>;

/** State of a replay; the newest record of its key counts. */
export interface Replay {
  /** Id of the replay; it is the record's key. */
  readonly replayId: string;
  /** Install that receives. */
  readonly installId: string;
  /** Event types replayed; empty means all the install names. */
  readonly types: readonly string[];
  /** Start of the span. */
  readonly from: number;
  /** End of the span. */
  readonly to: number;
  /** requested, running, completed, cancelled or failed. */
  readonly state: string;
  /** Events matched so far. */
  readonly matched: number;
  /** Deliveries handed over so far. */
  readonly delivered: number;
  /** Next offset by topic-partition. */
  readonly progress: Readonly<Record<string, number>>;
  /** Why it failed: a closed code. */
  readonly code: null | string;
  /** When it was asked for. */
  readonly requestedAt: number;
  /** This write. */
  readonly updatedAt: number;
}

/** Replay as written. */
export type ReplayInput = Omit<Replay, 'types' | 'matched' | 'delivered' | 'progress' | 'code'> & Partial<Pick<Replay, 'types' | 'matched' | 'delivered' | 'progress' | 'code'>>;

/** An answer for a sender that waits for one. */
export interface Reply {
  /** The notification it answers. */
  readonly notificationId: string;
  /** Who replies, for example an install id. */
  readonly author: string;
  /** JSON text of the message activity. */
  readonly activity: string;
  /** When it was written. */
  readonly createdAt: number;
}

/** Reply as written. */
export type ReplyInput = Reply;

/** Records by full name, as read. */
export interface RecordTypes {
  'switchboard.calling.v1.CallStateEvent': CallStateEvent;
  'switchboard.calling.v1.IncomingCallEvent': IncomingCallEvent;
  'switchboard.calling.v1.OperationEvent': OperationEvent;
  'switchboard.calling.v1.ParticipantEvent': ParticipantEvent;
  'switchboard.calling.v1.ProtocolDeterminationEvent': ProtocolDeterminationEvent;
  'switchboard.calling.v1.ToneEvent': ToneEvent;
  'switchboard.conversation.v1.ExConversationChangeNotification': ExConversationChangeNotification;
  'switchboard.deliveries.v1.DeliveryAttempt': DeliveryAttempt;
  'switchboard.installs.v1.AppInstall': AppInstall;
  'switchboard.messaging.v1.AcceptStatusEvent': AcceptStatusEvent;
  'switchboard.messaging.v1.ChatStateEvent': ChatStateEvent;
  'switchboard.messaging.v1.ContentEvent': ContentEvent;
  'switchboard.messaging.v1.DeleteEvent': DeleteEvent;
  'switchboard.messaging.v1.ReactionEvent': ReactionEvent;
  'switchboard.messaging.v1.RichContentEvent': RichContentEvent;
  'switchboard.messaging.v1.UpdateEvent': UpdateEvent;
  'switchboard.notifications.v1.RawNotification': RawNotification;
  'switchboard.notifications.v1.RejectedNotification': RejectedNotification;
  'switchboard.notifications.v1.UnmappedNotification': UnmappedNotification;
  'switchboard.replays.v1.Replay': Replay;
  'switchboard.replies.v1.Reply': Reply;
}

/** Records by full name, as written: members with a default may be left out. */
export interface RecordInputs {
  'switchboard.calling.v1.CallStateEvent': CallStateEventInput;
  'switchboard.calling.v1.IncomingCallEvent': IncomingCallEventInput;
  'switchboard.calling.v1.OperationEvent': OperationEventInput;
  'switchboard.calling.v1.ParticipantEvent': ParticipantEventInput;
  'switchboard.calling.v1.ProtocolDeterminationEvent': ProtocolDeterminationEventInput;
  'switchboard.calling.v1.ToneEvent': ToneEventInput;
  'switchboard.conversation.v1.ExConversationChangeNotification': ExConversationChangeNotificationInput;
  'switchboard.deliveries.v1.DeliveryAttempt': DeliveryAttemptInput;
  'switchboard.installs.v1.AppInstall': AppInstallInput;
  'switchboard.messaging.v1.AcceptStatusEvent': AcceptStatusEventInput;
  'switchboard.messaging.v1.ChatStateEvent': ChatStateEventInput;
  'switchboard.messaging.v1.ContentEvent': ContentEventInput;
  'switchboard.messaging.v1.DeleteEvent': DeleteEventInput;
  'switchboard.messaging.v1.ReactionEvent': ReactionEventInput;
  'switchboard.messaging.v1.RichContentEvent': RichContentEventInput;
  'switchboard.messaging.v1.UpdateEvent': UpdateEventInput;
  'switchboard.notifications.v1.RawNotification': RawNotificationInput;
  'switchboard.notifications.v1.RejectedNotification': RejectedNotificationInput;
  'switchboard.notifications.v1.UnmappedNotification': UnmappedNotificationInput;
  'switchboard.replays.v1.Replay': ReplayInput;
  'switchboard.replies.v1.Reply': ReplyInput;
}
