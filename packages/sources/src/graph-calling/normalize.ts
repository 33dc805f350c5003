import type { EventDraft, RawNotification } from '@switchboard/contracts';
import type { JsonObject, NormalizeOutcome } from '@switchboard/source-kit';
import { readProtocolForm } from '../calling/protocol-form.ts';
import { withReceivedContext } from '../calling/received-context.ts';
import { withoutSecrets } from '../calling/redaction.ts';
import { rejected, rejectedForm } from '../calling/rejection.ts';
import { readMembers } from '../members.ts';
import { callEvents } from './call.ts';
import { operationEvent } from './operation.ts';
import { deltaParticipantsEvent, participantEvent, participantsEvent } from './participant.ts';
import { type Change, callIdOf, entityKindOf, readChange } from './payload.ts';
import { narrowed, type Reading, readingOf } from './reading.ts';
import { unmappedEvent } from './unmapped.ts';

interface Notice {
  readonly raw: RawNotification;
  /** Members around `value`. */
  readonly root: JsonObject;
  readonly change: Change;
}

/** No more than this of events is written for one notification. */
const maxOutputLength = 3 * 1024 * 1024;

/**
 * The events of a Graph calling notification, in document order: one for each entity, one for each list of
 * participants. One malformed element rejects the notification as a whole. Pure; never throws.
 */
export function normalizeGraphCalling(raw: RawNotification): NormalizeOutcome {
  if (raw.disposition === 'redirected') return { kind: 'empty', code: 'ERR_NORMALIZE_REDIRECTED' };
  const form = readProtocolForm(raw.body);
  if (form.kind !== 'graph') return rejectedForm(form);
  const { value: _, ...around } = form.root;
  const root = withReceivedContext(withoutSecrets(around), raw);
  const rootLength = JSON.stringify(root).length;
  const events: EventDraft[] = [];
  let repeatedLength = 0;
  for (const [index, element] of form.value.entries()) {
    const read = readChange(withoutSecrets(element));
    if (!read.ok) return rejected(`value[${index}]: ${read.problem}`);
    repeatedLength += eventCount(read.change) * (rootLength + surroundingsLength(read.change));
    if (repeatedLength > maxOutputLength) return { kind: 'rejected', code: 'ERR_NORMALIZE_TOO_LARGE' };
    const made = eventsOf({ raw, root, change: read.change });
    if (made === undefined) return rejected(`value[${index}]: resource, resourceUrl or the id of resourceData must name a call`);
    events.push(...made);
  }
  return events.length === 0 ? { kind: 'empty', code: 'ERR_NORMALIZE_EMPTY' } : { kind: 'events', events };
}

/** Undefined where an entity of a call names none. */
function eventsOf(notice: Notice): readonly EventDraft[] | undefined {
  const { raw, root, change } = notice;
  if (isRoster(change)) {
    const { callId } = change.path;
    if (callId === null) return undefined;
    const members = readMembers(narrowed(root, change, change.entities));
    return [participantsEvent({ raw, change, entity: {}, callId, members }, change.entities.length)];
  }
  const events: EventDraft[] = [];
  for (const entity of change.entities) {
    const kind = entityKindOf(change.path, entity);
    const callId = kind === 'call' ? callIdOf(change.path, entity) : change.path.callId;
    if (kind === 'other') events.push(unmappedEvent(raw, root, change, entity));
    else if (callId === null) return undefined;
    else events.push(...entityEvents(kind, () => readingOf(raw, root, change, entity, callId)));
  }
  return events;
}

function entityEvents(kind: 'call' | 'participant' | 'deltaParticipants' | 'operation', read: () => Reading): readonly EventDraft[] {
  switch (kind) {
    case 'call':
      return callEvents(read);
    case 'participant':
      return [participantEvent(read())];
    case 'deltaParticipants':
      return [deltaParticipantsEvent(read())];
    case 'operation':
      return [operationEvent(read())];
  }
}

function isRoster({ packed, path, entities }: Change): boolean {
  if (!packed || !entities.every((entity) => entityKindOf(path, entity) === 'participant')) return false;
  return entities.length > 0 || path.collection === 'participants';
}

function eventCount(change: Change): number {
  return isRoster(change) ? 1 : change.entities.length;
}

// What surrounds packed entities is repeated with every one of them.
function surroundingsLength({ element, packed }: Change): number {
  return packed ? JSON.stringify({ ...element, resourceData: null }).length : 0;
}
