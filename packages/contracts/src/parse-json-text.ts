import { randomUUID } from 'node:crypto';

type Parse = (text: string) => unknown;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const SPACE = 0x20;
/** Stands for names while a text is parsed: no sender can know it. */
const MARK = randomUUID().slice(0, 13);

/**
 * `JSON.parse` for texts of others; throws SyntaxError as it does.
 *
 * V8 13.6 compares a member name with the name that an object of the same shape had at that place, character by character as
 * written: where `{"a":0,"\\":1}` was parsed before, the second name of `{"a":0,"\u0062":1}` is read as `\`. So a text with an
 * escape in a name is parsed with other names, which are put right afterwards.
 */
export function parseJsonText(text: string, parse: Parse = JSON.parse): unknown {
  const value = parse(text);
  if (!text.includes('\\')) return value;
  const { spans, escaped } = namesOf(text);
  if (!escaped) return value;
  const names: string[] = [];
  const parts: string[] = [];
  let from = 0;
  // All names: of two that are equal, one of them without an escape, the last counts.
  for (let at = 0; at < spans.length; at += 2) {
    const [start, end] = [spans[at], spans[at + 1]] as [number, number];
    parts.push(text.slice(from, start), `"${MARK}${names.length}"`);
    const name = text.slice(start, end);
    names.push(name.includes('\\') ? (JSON.parse(name) as string) : name.slice(1, -1));
    from = end;
  }
  parts.push(text.slice(from));
  return restoreNames(parse(parts.join('')), names);
}

/** Where the names of a text that is JSON begin and end, quotes included, one after the other; and whether one has an escape. */
function namesOf(text: string): { readonly spans: readonly number[]; readonly escaped: boolean } {
  const spans: number[] = [];
  let escaped = false;
  for (let start = text.indexOf('"'); start >= 0; ) {
    let end = start + 1;
    let hasEscape = false;
    for (let code = text.charCodeAt(end); code !== QUOTE; code = text.charCodeAt(end)) {
      if (code === BACKSLASH) hasEscape = true;
      end += code === BACKSLASH ? 2 : 1;
    }
    end += 1;
    let next = end;
    while (text.charCodeAt(next) <= SPACE) next += 1;
    if (text.charCodeAt(next) === COLON) {
      spans.push(start, end);
      escaped ||= hasEscape;
    }
    start = text.indexOf('"', next);
  }
  return { spans, escaped };
}

function restoreNames(value: unknown, names: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => restoreNames(item, names));
  // A number that is kept as raw JSON has no prototype, and no members of the text.
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) === null) return value;
  const restored: Record<string, unknown> = {};
  for (const [mark, member] of Object.entries(value)) {
    const name = names[Number(mark.slice(MARK.length))] as string;
    const inner = restoreNames(member, names);
    if (name !== '__proto__') restored[name] = inner;
    else Object.defineProperty(restored, name, { value: inner, enumerable: true, configurable: true, writable: true });
  }
  return restored;
}
