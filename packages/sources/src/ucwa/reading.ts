import type { RawNotification } from '@switchboard/contracts';
import { isObject, type Members, readMembers } from '../members.ts';
import { bareRel, type ResourceAddress, readHref } from './href.ts';
import { conversationOfKey, conversationOfPart, hrefOf, type UcwaDocument, type UcwaPart } from './payload.ts';

type Path = readonly (string | number)[];

/** One event on its way into events of ours: members are taken one by one, what is left becomes the extensions. */
export interface UcwaReading {
  readonly raw: RawNotification;
  /** Members of `{ event, sender, document }`. */
  readonly members: Members;
  /** Relation of the link without its namespace; empty where there is none. */
  readonly rel: string;
  /** Relation of the list the resource is in, without its namespace. */
  readonly inRel: string | null;
  /** started, updated, completed, added, deleted, or what the sender says. */
  readonly type: string;
  readonly address: ResourceAddress;
  readonly conversationId: string | null;
  /** Path of the embedded resource; where there is none it leads nowhere, and every member of it reads as absent. */
  readonly resource: Path;
  readonly sequence: number | null;
}

export function readPart(part: UcwaPart, document: UcwaDocument, raw: RawNotification): UcwaReading {
  const { event, sender } = part;
  const members = readMembers({ event, sender, document: part.document });
  const rel = bareRel(members.peekText('event', 'link', 'rel') ?? '');
  const inRel = members.peekText('event', 'in', 'rel');
  return {
    raw,
    members,
    rel,
    inRel: inRel === null ? null : bareRel(inRel),
    type: members.peekText('event', 'type') ?? '',
    address: readHref(hrefOf(isObject(event) ? event.link : undefined) ?? ''),
    conversationId: conversationOfPart(part) ?? conversationOfKey(document.key) ?? null,
    resource: [...resourcePath(members, ['event', '_embedded'], rel)],
    sequence: document.ack,
  };
}

/** Path of the member of an object whose name is `rel`, with any namespace before it. */
function resourcePath(members: Members, container: Path, rel: string): Path {
  const resources = members.peek(...container);
  const name = isObject(resources) ? Object.keys(resources).find((key) => bareRel(key) === rel) : undefined;
  return [...container, name ?? rel];
}

export function peekResource({ members, resource }: UcwaReading, name: string): string | null {
  return members.peekText(...resource, name);
}

export function takeResource({ members, resource }: UcwaReading, name: string): string | null {
  return members.takeText(...resource, name);
}

/** Path of a link of the resource. */
export function linkPath({ members, resource }: UcwaReading, rel: string): Path {
  return resourcePath(members, [...resource, '_links'], rel);
}

/** Path of a resource embedded in the resource. */
export function embeddedPath({ members, resource }: UcwaReading, rel: string): Path {
  return resourcePath(members, [...resource, '_embedded'], rel);
}

/** Fields that every event has, apart from the extensions. */
export function commonFields(reading: UcwaReading, occurredAt?: number) {
  return {
    occurredAt: occurredAt ?? reading.raw.receivedAt,
    tenantId: reading.raw.principal.tenantId,
    conversationId: reading.conversationId,
    sequence: reading.sequence,
  };
}

/** Why an operation ended as it did, from the general to the particular; the parts stay in the extensions too. */
export function peekReason({ members }: UcwaReading): string | null {
  const parts = ['code', 'subcode', 'message'].flatMap((name) => members.peekText('event', 'reason', name) || []);
  return parts.length === 0 ? null : parts.join(': ');
}

/** Name of the change as the sender's words say it, for example "messaging:updated" or "participant:added in lobby". */
export function rawChangeOf({ rel, type, inRel }: UcwaReading): string {
  return inRel === null ? `${rel}:${type}` : `${rel}:${type} in ${inRel}`;
}

/** Canonical form of the protocol's enumerations: lower camel case. */
export function lowerCamel(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
