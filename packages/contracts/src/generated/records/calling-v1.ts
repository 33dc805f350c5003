// Generated from schemas/*.avsc by `npm run generate`. Do not edit.

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
  /** The event type, as app installs name it. Records of earlier versions do not hold it and are read with that of this record. */
  readonly eventType: string;
  /** UUIDv7 of the notification that the event was made from; null in records of earlier versions. */
  readonly notificationId: null | string;
  /** Whether tenantId comes from verified credentials or from the operator's configuration (true) or from the body alone (false); null where that was not recorded. */
  readonly tenantVerified: null | boolean;
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
export type CallStateEventInput = Omit<CallStateEvent, 'tenantId' | 'conversationId' | 'sequence' | 'eventType' | 'notificationId' | 'tenantVerified' | 'callChainId' | 'rawState' | 'changeType' | 'direction' | 'mediaState' | 'modalities' | 'terminationReason' | 'resultCode' | 'resultSubcode' | 'resultMessage'> & Partial<Pick<CallStateEvent, 'tenantId' | 'conversationId' | 'sequence' | 'eventType' | 'notificationId' | 'tenantVerified' | 'callChainId' | 'rawState' | 'changeType' | 'direction' | 'mediaState' | 'modalities' | 'terminationReason' | 'resultCode' | 'resultSubcode' | 'resultMessage'>>;

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
  /** The event type, as app installs name it. Records of earlier versions do not hold it and are read with that of this record. */
  readonly eventType: string;
  /** UUIDv7 of the notification that the event was made from; null in records of earlier versions. */
  readonly notificationId: null | string;
  /** Whether tenantId comes from verified credentials or from the operator's configuration (true) or from the body alone (false); null where that was not recorded. */
  readonly tenantVerified: null | boolean;
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
export type IncomingCallEventInput = Omit<IncomingCallEvent, 'tenantId' | 'conversationId' | 'sequence' | 'eventType' | 'notificationId' | 'tenantVerified' | 'callChainId' | 'state' | 'direction' | 'subject' | 'modalities' | 'caller' | 'targets' | 'onBehalfOf' | 'callbackUri' | 'threadId' | 'meeting'> & Partial<Pick<IncomingCallEvent, 'tenantId' | 'conversationId' | 'sequence' | 'eventType' | 'notificationId' | 'tenantVerified' | 'callChainId' | 'state' | 'direction' | 'subject' | 'modalities' | 'caller' | 'targets' | 'onBehalfOf' | 'callbackUri' | 'threadId' | 'meeting'>>;

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
  /** The event type, as app installs name it. Records of earlier versions do not hold it and are read with that of this record. */
  readonly eventType: string;
  /** UUIDv7 of the notification that the event was made from; null in records of earlier versions. */
  readonly notificationId: null | string;
  /** Whether tenantId comes from verified credentials or from the operator's configuration (true) or from the body alone (false); null where that was not recorded. */
  readonly tenantVerified: null | boolean;
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
export type OperationEventInput = Omit<OperationEvent, 'tenantId' | 'conversationId' | 'sequence' | 'eventType' | 'notificationId' | 'tenantVerified' | 'callChainId' | 'operationId' | 'clientContext' | 'resultCode' | 'resultSubcode' | 'resultMessage'> & Partial<Pick<OperationEvent, 'tenantId' | 'conversationId' | 'sequence' | 'eventType' | 'notificationId' | 'tenantVerified' | 'callChainId' | 'operationId' | 'clientContext' | 'resultCode' | 'resultSubcode' | 'resultMessage'>>;

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
  /** The event type, as app installs name it. Records of earlier versions do not hold it and are read with that of this record. */
  readonly eventType: string;
  /** UUIDv7 of the notification that the event was made from; null in records of earlier versions. */
  readonly notificationId: null | string;
  /** Whether tenantId comes from verified credentials or from the operator's configuration (true) or from the body alone (false); null where that was not recorded. */
  readonly tenantVerified: null | boolean;
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
export type ParticipantEventInput = Omit<ParticipantEvent, 'tenantId' | 'conversationId' | 'sequence' | 'eventType' | 'notificationId' | 'tenantVerified' | 'callChainId' | 'snapshot' | 'participants'> & Partial<Pick<ParticipantEvent, 'tenantId' | 'conversationId' | 'sequence' | 'eventType' | 'notificationId' | 'tenantVerified' | 'callChainId' | 'snapshot' | 'participants'>>;

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
  /** The event type, as app installs name it. Records of earlier versions do not hold it and are read with that of this record. */
  readonly eventType: string;
  /** UUIDv7 of the notification that the event was made from; null in records of earlier versions. */
  readonly notificationId: null | string;
  /** Whether tenantId comes from verified credentials or from the operator's configuration (true) or from the body alone (false); null where that was not recorded. */
  readonly tenantVerified: null | boolean;
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
export type ProtocolDeterminationEventInput = Omit<ProtocolDeterminationEvent, 'tenantId' | 'conversationId' | 'sequence' | 'eventType' | 'notificationId' | 'tenantVerified' | 'callChainId' | 'state' | 'subject' | 'modalities' | 'participants'> & Partial<Pick<ProtocolDeterminationEvent, 'tenantId' | 'conversationId' | 'sequence' | 'eventType' | 'notificationId' | 'tenantVerified' | 'callChainId' | 'state' | 'subject' | 'modalities' | 'participants'>>;

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
  /** The event type, as app installs name it. Records of earlier versions do not hold it and are read with that of this record. */
  readonly eventType: string;
  /** UUIDv7 of the notification that the event was made from; null in records of earlier versions. */
  readonly notificationId: null | string;
  /** Whether tenantId comes from verified credentials or from the operator's configuration (true) or from the body alone (false); null where that was not recorded. */
  readonly tenantVerified: null | boolean;
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
export type ToneEventInput = Omit<ToneEvent, 'tenantId' | 'conversationId' | 'sequence' | 'eventType' | 'notificationId' | 'tenantVerified' | 'callChainId' | 'toneSequence'> & Partial<Pick<ToneEvent, 'tenantId' | 'conversationId' | 'sequence' | 'eventType' | 'notificationId' | 'tenantVerified' | 'callChainId' | 'toneSequence'>>;
