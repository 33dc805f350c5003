import { isJsonList, isJsonObject, type Json, type JsonObject, textAt } from '@switchboard/source-kit';
import { canonical, directions } from '../calling/enums.ts';
import { idOf, type ResourcePath, readResourcePath } from './resource-path.ts';

const changeTypes = ['created', 'updated', 'deleted'] as const;

export const callStates = [
  'incoming',
  'establishing',
  'ringing',
  'established',
  'hold',
  'transferring',
  'transferAccepted',
  'redirecting',
  'terminating',
  'terminated',
] as const;

/** One element of `value`: what changed, and the entities that came with it. */
export interface Change {
  readonly element: JsonObject;
  /** Canonical spelling. */
  readonly changeType: string;
  /** The resource as the sender names it. */
  readonly resource: string;
  readonly path: ResourcePath;
  readonly entities: readonly JsonObject[];
  /** Whether the sender packed the entities as a list. */
  readonly packed: boolean;
}

export type ChangeOutcome = { readonly ok: true; readonly change: Change } | { readonly ok: false; readonly problem: string };

/** Reads one element of `value`; a problem names the member and its rule. */
export function readChange(element: Json): ChangeOutcome {
  if (!isJsonObject(element)) return malformed('must be an object');
  const changeType = filledText(element, 'changeType');
  if (changeType === undefined) return malformed('changeType must be a non-empty text');
  const resources = resourcesOf(element);
  const resource = resources.find((name) => readResourcePath(name).callId !== null) ?? resources[0];
  if (resource === undefined) return malformed('resource or resourceUrl must be a non-empty text');
  const data = Object.hasOwn(element, 'resourceData') ? element.resourceData : undefined;
  const packed = isJsonList(data);
  const entities = packed ? data : [data];
  if (!entities.every((entity) => isJsonObject(entity))) return malformed('resourceData must be an object or a list of objects');
  const change = { element, changeType: canonical(changeType, changeTypes), resource, path: readResourcePath(resource), entities, packed };
  return { ok: true, change };
}

/** Resource names of an element, the current member first. Tolerates what `readChange` refuses. */
export function resourcesOf(element: Json): readonly string[] {
  if (!isJsonObject(element)) return [];
  const entity = isJsonObject(element.resourceData) ? filledText(element.resourceData, '@odata.id') : undefined;
  return [filledText(element, 'resourceUrl'), filledText(element, 'resource'), entity].filter((name) => name !== undefined);
}

/** The call an entity belongs to: as the path says, so that a call and its parts have one id, else its own id. */
export function callIdOf(path: ResourcePath, entity: JsonObject): string | null {
  return path.callId ?? idOf(filledText(entity, 'id'));
}

export type EntityKind = 'call' | 'participant' | 'deltaParticipants' | 'operation' | 'other';

/** Kind of an entity by its `@odata.type`; by the path where it has none or an empty one. */
export function entityKindOf(path: ResourcePath, entity: JsonObject): EntityKind {
  const type = typeNameOf(entity);
  if (type === undefined) return pathKinds[path.collection];
  if (/operation$/i.test(type)) return 'operation';
  return entityTypes.find((kind) => kind.toLowerCase() === type.toLowerCase()) ?? 'other';
}

const pathKinds = { call: 'call', participants: 'participant', operations: 'operation', other: 'other' } as const;
const entityTypes = ['call', 'participant', 'deltaParticipants'] as const;

/** `#microsoft.graph.playPromptOperation` gives `playPromptOperation`. */
export function typeNameOf(entity: JsonObject): string | undefined {
  return filledText(entity, '@odata.type')?.replace(/^#?(microsoft\.graph\.)?/i, '') || undefined;
}

/** Whether an entity announces a call that is still ringing. */
export function isNewIncomingCall({ changeType, path }: Pick<Change, 'changeType' | 'path'>, entity: JsonObject): boolean {
  if (changeType !== 'created' || entityKindOf(path, entity) !== 'call') return false;
  const state = filledText(entity, 'state');
  if (state !== undefined) return canonical(state, callStates) === 'incoming';
  return canonical(filledText(entity, 'direction') ?? '', directions) === 'incoming';
}

/** A text that says something; an empty one counts as absent. */
export function filledText(object: JsonObject, name: string): string | undefined {
  return textAt(object, name) || undefined;
}

function malformed(problem: string): ChangeOutcome {
  return { ok: false, problem };
}
