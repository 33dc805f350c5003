import type { EventDraft, RawNotification } from '@switchboard/contracts';
import { type NormalizeOutcome, textAt } from '@switchboard/source-kit';
import { type LegacyForm, readProtocolForm } from '../calling/protocol-form.ts';
import { rejected, rejectedForm } from '../calling/rejection.ts';
import { callStateEvent, operationEvent, rosterEvent } from './call-progress.ts';
import { determinationEvent, incomingCallEvent } from './conversation.ts';
import { problemOf, stateMemberOf } from './payload.ts';
import { type Reading, readingOf, takeState } from './reading.ts';

/**
 * The events of a legacy calling notification. One that was answered with 204 is only a protocol determination, never
 * a call event, for the platform announces the same call again in Graph form. Pure; never throws.
 */
export function normalizeLegacyCalling(raw: RawNotification): NormalizeOutcome {
  const form = readProtocolForm(raw.body);
  if (form.kind !== 'legacy') return rejectedForm(form);
  const problem = problemOf(form);
  if (problem !== undefined) return rejected(problem);
  const read = () => readingOf(raw, form);
  return { kind: 'events', events: raw.disposition === 'legacy-switch' ? [determinationEvent(read())] : acceptedEvents(form, read) };
}

// Each event reads the body again, because each has its own remainder.
function acceptedEvents(form: LegacyForm, read: () => Reading): readonly EventDraft[] {
  switch (form.notificationKind) {
    case 'conversation':
      return [announcesCall(read()) ? incomingCallEvent(read()) : callStateEvent(read())];
    case 'conversationResult':
      return saysState(form) ? [operationEvent(read()), callStateEvent(read())] : [operationEvent(read())];
    case 'notification':
      return [/^rosterUpdate$/i.test(textAt(form.root, 'type') ?? '') ? rosterEvent(read()) : callStateEvent(read())];
  }
}

// A conversation is the first word about a call; only a state that it can have later contradicts that.
function announcesCall(reading: Reading): boolean {
  return [null, 'unknown', 'idle', 'incoming'].includes(takeState(reading).state);
}

function saysState({ root }: LegacyForm): boolean {
  return (textAt(root, stateMemberOf(root)) ?? '') !== '';
}
