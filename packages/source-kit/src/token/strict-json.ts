import { isJsonList, isJsonObject, type Json, type JsonObject } from '../body/json.ts';
import { parseOutlined } from '../body/parse-json.ts';

/**
 * A JSON object in which no object, however deep, names a member twice: readers disagree on which one counts, so a
 * token with two audiences is refused. Undefined for anything else.
 */
export function parseStrictJson(bytes: Uint8Array): JsonObject | undefined {
  const parsed = parseOutlined(bytes);
  if (!parsed.ok || !isJsonObject(parsed.value)) return undefined;
  const { members, escapes } = parsed.outline;
  // V8 13.6 can take a name with an escape for another one, which a text parsed before had at this place. Few tokens have any.
  const isRepeated = escapes ? hasDuplicateMembers(Buffer.from(bytes).toString('utf8')) : membersOf(parsed.value) < members;
  return isRepeated ? undefined : parsed.value;
}

/** Members of all objects in a value. Of members with one name the last is left, so that they are fewer than in the text. */
function membersOf(value: Json): number {
  let members = 0;
  if (isJsonList(value)) for (const item of value) members += membersOf(item);
  else if (isJsonObject(value)) for (const member of Object.values(value)) members += 1 + membersOf(member);
  return members;
}

// The text is known to be JSON, so only strings and the brackets between them need a look.
const TOKENS = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g;

function hasDuplicateMembers(json: string): boolean {
  const objects: Set<string>[] = [];
  for (const { 0: token, 1: colon } of json.matchAll(TOKENS)) {
    if (token === '{' || token === '[') objects.push(new Set());
    else if (token === '}' || token === ']') objects.pop();
    else if (colon !== undefined) {
      const name = JSON.parse(token.slice(0, -colon.length)) as string;
      const members = objects.at(-1);
      if (members?.has(name)) return true;
      members?.add(name);
    }
  }
  return false;
}
