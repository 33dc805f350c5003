import type { EntryContext } from '../source.ts';

/** The path of a value, and where its problems go. */
export interface MemberPlace {
  /** For example `keys[0]`; empty for the entry itself. */
  readonly path: string;
  readonly problems: string[];
  readonly secret: EntryContext['secret'];
}

export const invalid: unique symbol = Symbol('invalid');

/**
 * Reads one member of a SOURCES_FILE entry. Gives the value, or `invalid` after adding at least one problem. `fallback`
 * is called instead where the member is absent or null.
 */
export interface MemberReader<Value> {
  read(value: unknown, place: MemberPlace): Value | typeof invalid;
  fallback(place: MemberPlace): Value | typeof invalid;
}

/** The value type of a reader. */
export type ValueOf<Reader> = Reader extends MemberReader<infer Value> ? Value : never;

/** A reader of a member that must be there. */
export function required<Value>(read: MemberReader<Value>['read']): MemberReader<Value> {
  return { read, fallback: (place) => problem(place, 'is required') };
}

/** The member may be absent; the default then takes its place and is not checked. */
export function withDefault<Value>(reader: MemberReader<Value>, value: NoInfer<Value>): MemberReader<Value> {
  return { read: reader.read, fallback: () => value };
}

/** The member may be absent and is undefined then. */
export function optional<Value>(reader: MemberReader<Value>): MemberReader<Value | undefined> {
  return { read: reader.read, fallback: () => undefined };
}

/** Adds "<path> <rule>" and, unless it may be secret, the value that breaks it. */
export function problem(place: MemberPlace, rule: string, ...value: readonly [unknown?]): typeof invalid {
  const shown = value.length === 0 ? '' : `, not ${show(value[0])}`;
  place.problems.push(`${place.path === '' ? 'the entry' : place.path} ${rule}${shown}`);
  return invalid;
}

const MAX_SHOWN_CHARACTERS = 80;

function show(value: unknown): string {
  const text =
    typeof value === 'object' && value !== null ? (Array.isArray(value) ? 'a list' : 'an object') : (JSON.stringify(value) ?? 'undefined');
  return text.length > MAX_SHOWN_CHARACTERS ? `${text.slice(0, MAX_SHOWN_CHARACTERS)}…` : text;
}
