import { isJsonList, isJsonObject, type Json } from './json.ts';

export const redacted = '[redacted]';

/** What to hide: members by name anywhere (in any case), and members at exact paths, where `*` stands for any one step. */
export interface Secrets {
  readonly names?: readonly string[];
  readonly paths?: readonly (readonly string[])[];
}

/**
 * A copy in which every secret member that holds something is the text `[redacted]`. Null stays null, so that "absent"
 * and "hidden" can be told apart. The value itself is not changed.
 */
export function redact<T extends Json>(value: T, secrets: Secrets): T {
  const names = new Set((secrets.names ?? []).map((name) => name.toLowerCase()));
  return walk(value, names, secrets.paths ?? []) as T;
}

function walk(value: Json, names: ReadonlySet<string>, paths: readonly (readonly string[])[]): Json {
  if (isJsonList(value)) return value.map((item, index) => walk(item, names, inside(paths, String(index))));
  if (!isJsonObject(value)) return value;
  // fromEntries defines own members, so that one named __proto__ stays a member.
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const deeper = inside(paths, name);
      const hidden = names.has(name.toLowerCase()) || deeper.some((path) => path.length === 0);
      if (hidden && member !== null) return [name, redacted];
      return [name, walk(member, names, deeper)];
    }),
  );
}

function inside(paths: readonly (readonly string[])[], step: string): readonly (readonly string[])[] {
  if (paths.length === 0) return paths;
  return paths.filter((path) => path[0] === step || path[0] === '*').map((path) => path.slice(1));
}
