import { type EventDraft, topics } from '@switchboard/contracts';
import { type ActivityReading, takeCommonFields } from './common.ts';

/** An activity that no rule maps, whole. */
export function unmappedEvent(reading: ActivityReading): EventDraft {
  const { activity, type } = reading;
  const body = JSON.stringify(activity.rest());
  const name = activity.peekText('name');
  return {
    type: 'switchboard.UnmappedNotification',
    topic: topics.messaging.name,
    record: { ...takeCommonFields(reading), kind: name === null ? type : `${type}:${name}`, body, extensions: '{}' },
  };
}
