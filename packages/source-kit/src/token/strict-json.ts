import { isJsonList, isJsonObject, type Json, type JsonObject } from '../body/json.ts';
import { parseOutlined } from '../body/parse-json.ts';

/**
 * A JSON object in which no object, at any depth, names a member twice. Undefined for anything else: readers disagree on which
 * of two members counts, so that a token with two audiences is refused.
 */
export function parseStrictJson(bytes: Uint8Array): JsonObject | undefined {
  const parsed = parseOutlined(bytes);
  if (!parsed.ok || !isJsonObject(parsed.value)) return undefined;
  return membersOf(parsed.value) < parsed.outline.members ? undefined : parsed.value;
}

/** Members of all objects in a value. Of members with one name the last is left, so that they are fewer than in the text. */
function membersOf(value: Json): number {
  let members = 0;
  if (isJsonList(value)) for (const item of value) members += membersOf(item);
  else if (isJsonObject(value)) for (const member of Object.values(value)) members += 1 + membersOf(member);
  return members;
}
