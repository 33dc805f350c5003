import { lastSegment } from './href.ts';
import { commonFields, lowerCamel, peekResource, type UcwaReading } from './reading.ts';

/**
 * Fields that every call event has. A call has no id of its own here: it is the audio of a conversation. Without one,
 * as in an invitation that names none, the resource itself stands in.
 */
export function callFields(reading: UcwaReading) {
  return {
    ...commonFields(reading),
    callId: reading.conversationId ?? lastSegment(reading.address) ?? reading.raw.routingKey,
    callChainId: peekResource(reading, 'threadId'),
    protocol: 'ucwa',
  };
}

/** incoming or outgoing. */
export function directionOf(reading: UcwaReading): string | null {
  return peekResource(reading, 'direction')?.toLowerCase() ?? null;
}

/** What the resource is about, in the words of the sender. */
export function modalitiesOf({ rel }: UcwaReading): string[] {
  const modality = /^(audioVideo|phoneAudio)/.exec(rel)?.[1];
  return modality === undefined ? [] : [modality];
}

/** State of the resource in lower camel case, and as sent. */
export function stateOf(reading: UcwaReading): { readonly state: string | null; readonly rawState: string } {
  const sent = peekResource(reading, 'state');
  return { state: sent === null ? null : lowerCamel(sent), rawState: sent ?? '' };
}
