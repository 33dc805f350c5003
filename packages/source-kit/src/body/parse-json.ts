import type { BodyCode } from '../source.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import { parseKeepingDigits } from './large-numbers.ts';

const MAX_DEPTH = 64;

export type ParsedJson = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly code: BodyCode };
export type ParsedObject = { readonly ok: true; readonly value: JsonObject } | { readonly ok: false; readonly code: BodyCode };

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Parses a body once it is verified. Never throws. UTF-8 must be valid, so that what is parsed is what was signed;
 * a byte order mark is refused; nesting is limited before anything is built; of duplicate members the last one counts.
 * A whole number that no `number` can hold is kept as raw JSON, which is no number to anyone and goes out with its digits.
 */
export function parseJson(body: Uint8Array): ParsedJson {
  if (body.length === 0) return { ok: false, code: 'ERR_BODY_EMPTY' };
  if (nestsDeeper(body, MAX_DEPTH)) return { ok: false, code: 'ERR_BODY_DEPTH' };
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    return { ok: false, code: 'ERR_BODY_ENCODING' };
  }
  if (text.startsWith('\ufeff')) return { ok: false, code: 'ERR_BODY_ENCODING' };
  try {
    return { ok: true, value: parseKeepingDigits(text) as Json };
  } catch {
    return { ok: false, code: 'ERR_BODY_SYNTAX' };
  }
}

/** `parseJson`, and the value must be an object. */
export function parseJsonObject(body: Uint8Array): ParsedObject {
  const parsed = parseJson(body);
  if (!parsed.ok) return parsed;
  return isJsonObject(parsed.value) ? { ok: true, value: parsed.value } : { ok: false, code: 'ERR_BODY_NOT_OBJECT' };
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
// { and [ differ by this bit alone, and so do } and ].
const CURLY = 0x20;
const OPEN = 0x7b;
const CLOSE = 0x7d;

function nestsDeeper(body: Uint8Array, limit: number): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at] as number;
    if (inString) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if ((byte | CURLY) === OPEN) {
      if (++depth > limit) return true;
    } else if ((byte | CURLY) === CLOSE) depth--;
  }
  return false;
}
