import { isJsonList, isJsonObject, type Json, type JsonObject, type JsonPath } from './json.ts';

/**
 * What no field holds: the object without the values at the used paths. A path ends at the value that was taken, with
 * all that is in it; the step `*` stands for every item of a list or member of an object. What taking emptied is left
 * out, what the sender sent empty stays. The object itself is not changed.
 */
export function remainder(value: JsonObject, used: readonly JsonPath[]): JsonObject {
  const rest = without(value, used);
  return isJsonObject(rest) ? rest : {};
}

/** The text of the `extensions` field: JSON of an object. */
export function extensionsText(rest: JsonObject): string {
  return JSON.stringify(rest);
}

function without(value: Json, used: readonly JsonPath[]): Json | undefined {
  if (used.length === 0) return value;
  if (used.some((path) => path.length === 0)) return undefined;
  if (isJsonList(value)) {
    const items = value.flatMap((item, index) => withoutMember(item, inside(used, index)));
    return items.length === 0 && value.length > 0 ? undefined : items;
  }
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value);
  const kept = entries.flatMap(([name, member]) => withoutMember(member, inside(used, name)).map((rest) => [name, rest] as const));
  // fromEntries defines own members, so that one named __proto__ stays a member.
  return kept.length === 0 && entries.length > 0 ? undefined : Object.fromEntries(kept);
}

function withoutMember(member: Json, used: readonly JsonPath[]): readonly Json[] {
  const rest = without(member, used);
  return rest === undefined ? [] : [rest];
}

function inside(used: readonly JsonPath[], step: string | number): readonly JsonPath[] {
  return used.filter((path) => path.length > 0 && (path[0] === step || path[0] === '*')).map((path) => path.slice(1));
}
