import { isJsonObject, type JsonObject } from '../body/json.ts';
import { parseJson } from '../body/parse-json.ts';

/**
 * A JSON object in which no object, however deep, names a member twice: readers disagree on which one counts, so a
 * token with two audiences is refused. Undefined for anything else.
 */
export function parseStrictJson(bytes: Uint8Array): JsonObject | undefined {
  const parsed = parseJson(bytes);
  if (!parsed.ok || !isJsonObject(parsed.value)) return undefined;
  return hasDuplicateMembers(Buffer.from(bytes).toString('utf8')) ? undefined : parsed.value;
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
