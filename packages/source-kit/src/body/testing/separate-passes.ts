/** The rules of JSON bodies and tokens, each in a dedicated pass: slow, and plain enough to judge the one pass by. */

import { parseJsonText } from '@switchboard/contracts';

interface SourceTextJson {
  parse(text: string, revive: (name: string, value: unknown, context: { readonly source?: string }) => unknown): unknown;
  rawJSON(text: string): object;
}

const json = JSON as unknown as SourceTextJson;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** What `parseJson` must return. */
export function parseInPasses(
  body: Uint8Array,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly code: string } {
  if (body.length === 0) return { ok: false, code: 'ERR_BODY_EMPTY' };
  if (depthOf(body) > 64) return { ok: false, code: 'ERR_BODY_DEPTH' };
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    return { ok: false, code: 'ERR_BODY_ENCODING' };
  }
  if (text.startsWith('\ufeff')) return { ok: false, code: 'ERR_BODY_ENCODING' };
  try {
    return { ok: true, value: parseJsonText(text, (plain) => json.parse(plain, keepDigits)) };
  } catch {
    return { ok: false, code: 'ERR_BODY_SYNTAX' };
  }
}

function keepDigits(_name: string, value: unknown, { source = '' }: { readonly source?: string }): unknown {
  return typeof value === 'number' && /^-?[0-9]{16,}$/.test(source) && String(value) !== source ? json.rawJSON(source) : value;
}

function depthOf(body: Uint8Array): number {
  const structure = Buffer.from(body)
    .toString('latin1')
    .replace(/"(?:[^"\\]|\\[\s\S])*(?:"|\\?$)/g, '');
  let depth = 0;
  let deepest = 0;
  for (const character of structure) {
    if (character === '{' || character === '[') deepest = Math.max(deepest, ++depth);
    else if (character === '}' || character === ']') depth--;
  }
  return deepest;
}

const TOKENS = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g;

/** Whether an object of a text that is JSON names a member twice. */
export function namesMemberTwice(text: string): boolean {
  const objects: Set<string>[] = [];
  for (const { 0: token, 1: colon } of text.matchAll(TOKENS)) {
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
