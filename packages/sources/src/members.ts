export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export type JsonObject = { readonly [name: string]: Json };

type Path = readonly (string | number)[];

/**
 * Reads members of a parsed JSON object and remembers which were taken, so that `rest` is exactly what no field
 * holds. A member of another type than asked for is not taken and stays in the rest. Never changes the object.
 */
export interface Members {
  /** A member as it is, without taking it. */
  peek(...path: Path): Json | undefined;
  peekText(...path: Path): string | null;
  /** A member as it is, taken with all that is in it. */
  take(...path: Path): Json | undefined;
  takeText(...path: Path): string | null;
  takeNumber(...path: Path): number | null;
  takeBoolean(...path: Path): boolean | null;
  /** All that was not taken; what taking emptied is left out, what the sender sent empty stays. */
  rest(): JsonObject;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

export function readMembers(root: JsonObject): Members {
  const taken: Taken = { all: false, within: new Map() };
  const takeIf = <T extends Json>(path: Path, accepts: (value: Json) => value is T): T | null => {
    const value = follow(root, path);
    if (value === undefined || !accepts(value)) return null;
    mark(taken, path);
    return value;
  };
  return {
    peek: (...path) => follow(root, path),
    peekText: (...path) => {
      const value = follow(root, path);
      return typeof value === 'string' ? value : null;
    },
    take: (...path) => {
      const value = follow(root, path);
      if (value !== undefined) mark(taken, path);
      return value;
    },
    takeText: (...path) => takeIf(path, (value) => typeof value === 'string'),
    takeNumber: (...path) => takeIf(path, (value) => typeof value === 'number'),
    takeBoolean: (...path) => takeIf(path, (value) => typeof value === 'boolean'),
    rest: () => {
      const rest = without(root, taken);
      return isObject(rest) ? rest : {};
    },
  };
}

interface Taken {
  all: boolean;
  readonly within: Map<string | number, Taken>;
}

function mark(taken: Taken, path: Path): void {
  let at = taken;
  for (const step of path) {
    let next = at.within.get(step);
    if (next === undefined) {
      next = { all: false, within: new Map() };
      at.within.set(step, next);
    }
    at = next;
  }
  at.all = true;
}

function follow(root: Json, path: Path): Json | undefined {
  let at: Json | undefined = root;
  for (const step of path) {
    if (typeof step === 'number') at = isList(at) ? at[step] : undefined;
    else at = isObject(at) && Object.hasOwn(at, step) ? at[step] : undefined;
    if (at === undefined) return undefined;
  }
  return at;
}

function without(value: Json, taken: Taken): Json | undefined {
  if (taken.all) return undefined;
  if (taken.within.size === 0) return value;
  if (isList(value)) {
    const items = value.flatMap((item, index) => kept(item, taken.within.get(index)));
    return items.length === 0 ? undefined : items;
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(value).flatMap(([name, member]) =>
    kept(member, taken.within.get(name)).map((rest) => [name, rest] as const),
  );
  // fromEntries defines own members, so that a member named __proto__ stays a member.
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function kept(value: Json, taken: Taken | undefined): readonly Json[] {
  if (taken === undefined) return [value];
  const rest = without(value, taken);
  return rest === undefined ? [] : [rest];
}
