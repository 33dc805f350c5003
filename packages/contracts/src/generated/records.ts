// Generated from schemas/*.avsc by `npm run generate`. Do not edit.

import type { AuditRecord, AuditRecordInput } from './records/audit-v1.ts';
import type {
  CallStateEvent,
  CallStateEventInput,
  IncomingCallEvent,
  IncomingCallEventInput,
  OperationEvent,
  OperationEventInput,
  ParticipantEvent,
  ParticipantEventInput,
  ProtocolDeterminationEvent,
  ProtocolDeterminationEventInput,
  ToneEvent,
  ToneEventInput,
} from './records/calling-v1.ts';
import type { ExConversationChangeNotification, ExConversationChangeNotificationInput } from './records/conversation-v1.ts';
import type { DeliveryAttempt, DeliveryAttemptInput } from './records/deliveries-v1.ts';
import type { AppInstall, AppInstallInput } from './records/installs-v1.ts';
import type {
  AcceptStatusEvent,
  AcceptStatusEventInput,
  ChatStateEvent,
  ChatStateEventInput,
  ContentEvent,
  ContentEventInput,
  DeleteEvent,
  DeleteEventInput,
  ReactionEvent,
  ReactionEventInput,
  RichContentEvent,
  RichContentEventInput,
  UpdateEvent,
  UpdateEventInput,
} from './records/messaging-v1.ts';
import type {
  RawNotification,
  RawNotificationInput,
  RejectedNotification,
  RejectedNotificationInput,
  UnmappedNotification,
  UnmappedNotificationInput,
} from './records/notifications-v1.ts';
import type { Replay, ReplayInput } from './records/replays-v1.ts';
import type { Reply, ReplyInput } from './records/replies-v1.ts';
import type { TopicSettings, TopicSettingsInput } from './records/topics-v1.ts';

export type * from './records/audit-v1.ts';
export type * from './records/calling-v1.ts';
export type * from './records/conversation-v1.ts';
export type * from './records/deliveries-v1.ts';
export type * from './records/installs-v1.ts';
export type * from './records/messaging-v1.ts';
export type * from './records/notifications-v1.ts';
export type * from './records/replays-v1.ts';
export type * from './records/replies-v1.ts';
export type * from './records/topics-v1.ts';

/** Records by full name, as read. */
export interface RecordTypes {
  'switchboard.audit.v1.AuditRecord': AuditRecord;
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
  'switchboard.topics.v1.TopicSettings': TopicSettings;
}

/** Records by full name, as written: members with a default may be left out. */
export interface RecordInputs {
  'switchboard.audit.v1.AuditRecord': AuditRecordInput;
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
  'switchboard.topics.v1.TopicSettings': TopicSettingsInput;
}
