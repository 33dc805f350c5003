import { type EventDraft, topics } from '@switchboard/contracts';
import { receivedContext } from './extensions.ts';
import { commonFields, rawChangeOf, type UcwaReading } from './reading.ts';
import { redactedText } from './redaction.ts';

/** An event that no rule maps, whole. */
export function unmappedEvent(reading: UcwaReading): EventDraft {
  const kind = reading.rel === '' ? 'unknown' : rawChangeOf(reading);
  const record = {
    ...commonFields(reading),
    kind,
    body: redactedText(reading.members.rest()),
    extensions: JSON.stringify(receivedContext(reading)),
  };
  return { type: 'switchboard.UnmappedNotification', topic: topics.conversation.name, record };
}
