import { type EventDraft, type RawNotification, topics } from '@switchboard/contracts';
import type { JsonObject } from '@switchboard/source-kit';
import { type Change, typeNameOf } from './payload.ts';

/** The event of an entity that no rule maps: the element with this entity, whole. */
export function unmappedEvent(raw: RawNotification, root: JsonObject, change: Change, entity: JsonObject): EventDraft {
  return {
    type: 'switchboard.UnmappedNotification',
    topic: topics.calling.name,
    record: {
      occurredAt: raw.receivedAt,
      tenantId: raw.principal.tenantId,
      // The call takes the place of the conversation, so that its unmapped parts keep their order among its events.
      conversationId: change.path.callId,
      sequence: null,
      kind: typeNameOf(entity) ?? change.resource,
      body: JSON.stringify({ ...change.element, resourceData: entity }),
      extensions: JSON.stringify(root),
    },
  };
}
