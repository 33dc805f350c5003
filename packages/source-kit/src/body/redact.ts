import { isJsonList, isJsonObject, type Json } from './json.ts';

export const redacted = '[redacted]';

/** What to hide: members by name anywhere (in any case), and members at exact paths, where `*` stands for any one step. */
export interface Secrets {
  readonly names?: readonly string[];
  /** Members by what follows the last colon of their name, in any case: a namespace that changes can precede it. */
  readonly localNames?: readonly string[];
  readonly paths?: readonly (readonly string[])[];
}

/**
 * A copy in which every secret member that holds something is the text `[redacted]`. Null stays null, so that "absent"
 * and "hidden" can be told apart. The value itself is not changed.
 */
export function redact<T extends Json>(value: T, secrets: Secrets): T {
  const names = lowered(secrets.names);
  const localNames = lowered(secrets.localNames);
  const isSecret = (name: string) => names.has(name) || localNames.has(name.slice(name.lastIndexOf(':') + 1));
  return walk(value, isSecret, secrets.paths ?? []) as T;
}

function lowered(names: readonly string[] = []): ReadonlySet<string> {
  return new Set(names.map((name) => name.toLowerCase()));
}

function walk(value: Json, isSecret: (lowered: string) => boolean, paths: readonly (readonly string[])[]): Json {
  if (isJsonList(value)) return value.map((item, index) => walk(item, isSecret, inside(paths, String(index))));
  if (!isJsonObject(value)) return value;
  // fromEntries defines own members, so that one named __proto__ stays a member.
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const deeper = inside(paths, name);
      const hidden = isSecret(name.toLowerCase()) || deeper.some((path) => path.length === 0);
      if (hidden && member !== null) return [name, redacted];
      return [name, walk(member, isSecret, deeper)];
    }),
  );
}

function inside(paths: readonly (readonly string[])[], step: string): readonly (readonly string[])[] {
  if (paths.length === 0) return paths;
  return paths.filter((path) => path[0] === step || path[0] === '*').map((path) => path.slice(1));
}
