import { isJsonList, isJsonObject, type Json, type JsonObject, type JsonPath } from './json.ts';

/**
 * What no field holds: the object without the values at the used paths. A path ends at the value that was taken, with
 * all that is in it; the step `*` stands for every item of a list or member of an object. What taking emptied is left
 * out, what the sender sent empty stays. The object itself is not changed.
 */
export function remainder(value: JsonObject, used: readonly JsonPath[]): JsonObject {
  const rest = without(value, [treeOf(used)]);
  return isJsonObject(rest) ? rest : {};
}

/** The text of the `extensions` field: JSON of an object. */
export function extensionsText(rest: JsonObject): string {
  return JSON.stringify(rest);
}

/** The paths as a tree, so that the work grows with paths plus members and not with their product. */
interface Used {
  whole: boolean;
  readonly steps: Map<string | number, Used>;
}

function treeOf(paths: readonly JsonPath[]): Used {
  const root: Used = { whole: false, steps: new Map() };
  for (const path of paths) {
    let at = root;
    for (const step of path) {
      const next = at.steps.get(step) ?? { whole: false, steps: new Map() };
      at.steps.set(step, next);
      at = next;
    }
    at.whole = true;
  }
  return root;
}

function without(value: Json, used: readonly Used[]): Json | undefined {
  if (used.length === 0) return value;
  if (used.some(({ whole }) => whole)) return undefined;
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

function withoutMember(member: Json, used: readonly Used[]): readonly Json[] {
  const rest = without(member, used);
  return rest === undefined ? [] : [rest];
}

// A step may go on along the path that names it and along one with `*`.
function inside(used: readonly Used[], step: string | number): readonly Used[] {
  return used.flatMap(({ steps }) => [steps.get(step), step === '*' ? undefined : steps.get('*')].filter((next) => next !== undefined));
}
