import type { EventDraft } from '@switchboard/contracts';
import { type ActivityReading, takeMessageFields } from './common.ts';
import { extensionsOf } from './extensions.ts';

const READ_RECEIPT = 'application/vnd.microsoft.readReceipt';

/** typing: it holds for three seconds unless repeated; a streamed text and its position stay in the extensions. */
export function typingEvent(reading: ActivityReading): EventDraft {
  const fields = { ...takeMessageFields(reading), chatState: 'COMPOSING', rawState: reading.type };
  return { type: 'ms.MessagingEventNotification.ChatStateEvent', record: { ...fields, extensions: extensionsOf(reading.activity) } };
}

/** Whether an event activity says that messages were read. */
export function isReadReceipt({ activity, type }: ActivityReading): boolean {
  return type === 'event' && activity.peekText('name') === READ_RECEIPT;
}

/** A read receipt names the last message read, in personal chats of Teams. */
export function readReceiptEvent(reading: ActivityReading): EventDraft {
  const { activity } = reading;
  const lastRead = activity.takeText('value', 'lastReadMessageId');
  const fields = {
    ...takeMessageFields(reading),
    status: 'READ',
    rawStatus: activity.takeText('name') ?? READ_RECEIPT,
    messageIds: lastRead === null ? [] : [lastRead],
    reason: null,
  };
  return { type: 'ms.MessagingEventNotification.AcceptStatusEvent', record: { ...fields, extensions: extensionsOf(activity) } };
}
