import { isUtf8 } from 'node:buffer';
import { parseJsonText } from '@switchboard/contracts';
import { memberPath } from '@switchboard/validation';

export type JsonBody = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly detail: string };

/**
 * Reads a body as JSON; an empty one is null. Refuses what readers of JSON disagree on: bytes that are not UTF-8, an object
 * with a member twice, and members of the name `__proto__`. The detail has no text of the body except a member's name.
 */
export function readJsonBody(body: Buffer): JsonBody {
  if (body.length === 0) return { ok: true, value: null };
  if (!isUtf8(body)) return { ok: false, detail: 'the body must be UTF-8' };
  const text = body.toString('utf8').replace(/^\ufeff/, '');
  let value: unknown;
  try {
    value = parseJsonText(text);
  } catch {
    // The message of the parser quotes the body, which may hold a signing secret.
    return { ok: false, detail: 'the body must be JSON' };
  }
  const detail = memberProblem(text);
  return detail === undefined ? { ok: true, value } : { ok: false, detail };
}

// The text is JSON, so strings and the brackets between them are all there is to look at.
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[{}[\]]/g;

function memberProblem(json: string): string | undefined {
  const objects: (Set<string> | undefined)[] = [];
  for (const { 0: token, 1: colon } of json.matchAll(TOKENS)) {
    if (token === '{') objects.push(new Set());
    else if (token === '[') objects.push(undefined);
    else if (token === '}' || token === ']') objects.pop();
    else if (colon !== undefined) {
      const name = nameOf(token.slice(0, -colon.length));
      const members = objects.at(-1);
      if (name === '__proto__') return 'the member name __proto__ is not allowed';
      if (members?.has(name)) return `the member ${memberPath('', name)} must not occur twice`;
      members?.add(name);
    }
  }
  return undefined;
}

/** The member name that a string of the JSON text is. Few names have an escape, and parsing each one costs more than the rest of the scan. */
function nameOf(text: string): string {
  return text.includes('\\') ? (JSON.parse(text) as string) : text.slice(1, -1);
}
