import type { EventDraft } from '@switchboard/contracts';
import { contentTypesOf, isOnlyRendering, takeObject } from './attachments.ts';
import { type ActivityReading, takeMessageFields } from './common.ts';
import { takeContentType } from './content-type.ts';
import { extensionsOf } from './extensions.ts';
import { takeMentions } from './mentions.ts';

const RICH_MEMBERS = ['attachments', 'attachmentLayout', 'suggestedActions', 'value', 'valueType', 'summary', 'speak'];

/** A message is plain content while it has text and no attachment but the HTML rendering of that text. */
export function messageEvent(reading: ActivityReading): EventDraft {
  const text = reading.activity.peekText('text');
  return text !== null && text !== '' && isOnlyRendering(reading.activity) ? contentEvent(reading, text) : richEvent(reading);
}

function contentEvent(reading: ActivityReading, message: string): EventDraft {
  const { activity } = reading;
  activity.takeText('text');
  const fields = {
    ...takeMessageFields(reading),
    message,
    contentType: takeContentType(activity),
    locale: activity.takeText('locale'),
    importance: activity.takeText('importance'),
    mentions: [...takeMentions(activity, message)],
  };
  return { type: 'ms.MessagingEventNotification.ContentEvent', record: { ...fields, extensions: extensionsOf(activity) } };
}

function richEvent(reading: ActivityReading): EventDraft {
  const { activity } = reading;
  const fields = {
    ...takeMessageFields(reading),
    contentTypes: contentTypesOf(activity),
    content: JSON.stringify(takeObject(activity, RICH_MEMBERS)),
    text: activity.takeText('text'),
    action: null,
    locale: activity.takeText('locale'),
  };
  return { type: 'ms.MessagingEventNotification.RichContentEvent', record: { ...fields, extensions: extensionsOf(activity) } };
}
