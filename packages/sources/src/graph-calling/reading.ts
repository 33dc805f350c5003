import type { RawNotification } from '@switchboard/contracts';
import type { JsonObject } from '@switchboard/source-kit';
import { chainIdOf } from '../calling/headers.ts';
import { takeInt32, takeName } from '../calling/take.ts';
import { takeTenant } from '../calling/tenant.ts';
import { type Members, readMembers } from '../members.ts';
import type { Change } from './payload.ts';

/** One entity of a notification on its way into an event. */
export interface Reading {
  readonly raw: RawNotification;
  readonly change: Change;
  readonly entity: JsonObject;
  readonly callId: string;
  /** The notification narrowed to this entity; what is not taken from it becomes the extensions, in its place. */
  readonly members: Members;
}

/** Where the entity is in the members of a reading. */
export const inEntity = ['value', 'resourceData'] as const;

/** The body with `value` narrowed to one element and its `resourceData` to one entity or list. */
export function narrowed(root: JsonObject, change: Change, resourceData: JsonObject | readonly JsonObject[]): JsonObject {
  return { ...root, value: { ...change.element, resourceData } };
}

export function readingOf(raw: RawNotification, root: JsonObject, change: Change, entity: JsonObject, callId: string): Reading {
  return { raw, change, entity, callId, members: readMembers(narrowed(root, change, entity)) };
}

/** Fields that every calling event of an entity has, apart from the extensions. */
export function takeCommonFields({ raw, callId, members }: Reading) {
  const threadId = takeName(members, ...inEntity, 'chatInfo', 'threadId');
  // The header belongs to the request; with several calls in it, to the first.
  const headerChainId = callId === raw.routingKey ? chainIdOf(raw) : undefined;
  if (members.peekText(...inEntity, 'id') === callId) members.takeText(...inEntity, 'id');
  return {
    occurredAt: raw.receivedAt,
    tenantId: takeTenant(raw, members, ...inEntity),
    conversationId: threadId,
    sequence: null as number | null,
    callId,
    callChainId: takeName(members, ...inEntity, 'callChainId') ?? headerChainId ?? null,
    protocol: 'graph',
  };
}

export function takeChangeType({ members, change }: Reading): string {
  members.takeText('value', 'changeType');
  return change.changeType;
}

export function takeResult({ members }: Pick<Reading, 'members'>) {
  const at = [...inEntity, 'resultInfo'] as const;
  return {
    resultCode: takeInt32(members, ...at, 'code'),
    resultSubcode: takeInt32(members, ...at, 'subcode') ?? takeInt32(members, ...at, 'subCode'),
    resultMessage: takeName(members, ...at, 'message'),
  };
}

export function extensionsOf({ members }: Pick<Reading, 'members'>): string {
  return JSON.stringify(members.rest());
}
