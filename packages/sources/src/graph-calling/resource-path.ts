/** What a resource path names; ids are kept as written. */
export interface ResourcePath {
  readonly callId: string | null;
  readonly collection: 'call' | 'participants' | 'operations' | 'other';
  /** Participant or operation, where the path names one. */
  readonly entityId: string | null;
}

/** Longer texts are no ids; an id becomes part of keys. */
export const maxIdLength = 512;

/** Reads `/communications/calls/{id}[/participants[/{id}]|/operations/{id}]`, the older `/app/calls/…` and absolute forms. */
export function readResourcePath(resource: string): ResourcePath {
  const path = resource.split(/[?#]/, 1)[0] ?? '';
  const segments = path.split('/').filter((segment) => segment !== '');
  const calls = segments.findIndex((segment) => segment.toLowerCase() === 'calls');
  const callId = calls === -1 ? null : idOf(segments[calls + 1]);
  if (callId === null) return { callId: null, collection: 'other', entityId: null };
  const [collection, entity, ...deeper] = segments.slice(calls + 2);
  if (collection === undefined) return { callId, collection: 'call', entityId: null };
  const name = collection.toLowerCase();
  if (deeper.length > 0 || (name !== 'participants' && name !== 'operations')) return { callId, collection: 'other', entityId: null };
  return { callId, collection: name, entityId: idOf(entity) };
}

export function idOf(text: string | null | undefined): string | null {
  return text === undefined || text === null || text === '' || text.length > maxIdLength ? null : text;
}
