import type { EventDraft } from '@switchboard/contracts';
import { takeObject } from './attachments.ts';
import { type ActivityReading, takeMessageFields } from './common.ts';
import { extensionsOf } from './extensions.ts';

/** Invokes that a person causes by an action of a card in a message. */
const CARD_ACTIONS: ReadonlySet<string> = new Set([
  'adaptiveCard/action',
  'actionableMessage/executeAction',
  'composeExtension/onCardButtonClicked',
  'fileConsent/invoke',
  'message/submitAction',
  'suggestedActions/submit',
  'task/fetch',
  'task/submit',
]);

/** Teams sends the oldest kind of card action, `invoke`, without a name. */
export function isCardAction({ activity, type }: ActivityReading): boolean {
  if (type !== 'invoke') return false;
  const name = activity.peek('name');
  return typeof name === 'string' ? CARD_ACTIONS.has(name) : activity.peekText('channelId') === 'msteams';
}

/** An invoke that is a card action: the value is what the card submits. */
export function cardActionEvent(reading: ActivityReading): EventDraft {
  const { activity } = reading;
  const fields = {
    ...takeMessageFields(reading),
    action: activity.takeText('name') ?? 'invoke',
    content: JSON.stringify(takeObject(activity, ['value', 'valueType'])),
    text: activity.takeText('text'),
    contentTypes: [],
    locale: activity.takeText('locale'),
  };
  return { type: 'ms.MessagingEventNotification.RichContentEvent', record: { ...fields, extensions: extensionsOf(activity) } };
}
