import { isUtf8 } from 'node:buffer';
import { parseJsonText } from '@switchboard/contracts';
import type { BodyCode } from '../source.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import { parseKeepingDigits } from './large-numbers.ts';
import { type Outline, outlineOf } from './outline.ts';

const MAX_DEPTH = 64;
const BYTE_ORDER_MARK = '\ufeff';

export type ParsedJson = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly code: BodyCode };
export type ParsedObject = { readonly ok: true; readonly value: JsonObject } | { readonly ok: false; readonly code: BodyCode };

/** A value and what its text showed before it was parsed. */
export type OutlinedJson =
  | { readonly ok: true; readonly value: Json; readonly outline: Outline }
  | { readonly ok: false; readonly code: BodyCode };

/**
 * Parses a body once it is verified. Never throws. UTF-8 must be valid, so that what is parsed is what was signed;
 * a byte order mark is refused; nesting is limited before anything is built; of duplicate members the last one counts.
 * A whole number that no `number` can hold is kept as raw JSON, which is no number to anyone and goes out with its digits.
 */
export function parseJson(body: Uint8Array): ParsedJson {
  const parsed = parseOutlined(body);
  return parsed.ok ? { ok: true, value: parsed.value } : parsed;
}

/** `parseJson`, and the value must be an object. */
export function parseJsonObject(body: Uint8Array): ParsedObject {
  const parsed = parseOutlined(body);
  if (!parsed.ok) return parsed;
  return isJsonObject(parsed.value) ? { ok: true, value: parsed.value } : { ok: false, code: 'ERR_BODY_NOT_OBJECT' };
}

/** `parseJson` with the outline of the text. */
export function parseOutlined(body: Uint8Array): OutlinedJson {
  if (body.length === 0) return { ok: false, code: 'ERR_BODY_EMPTY' };
  const outline = outlineOf(body, MAX_DEPTH);
  if (outline.tooDeep) return { ok: false, code: 'ERR_BODY_DEPTH' };
  const text = textOf(body);
  if (text === undefined || text.startsWith(BYTE_ORDER_MARK)) return { ok: false, code: 'ERR_BODY_ENCODING' };
  try {
    const value = parseJsonText(text, outline.longNumber ? parseKeepingDigits : undefined) as Json;
    return { ok: true, value, outline };
  } catch {
    return { ok: false, code: 'ERR_BODY_SYNTAX' };
  }
}

/** Undefined unless the bytes are valid UTF-8; a byte order mark stays. */
function textOf(bytes: Uint8Array): string | undefined {
  if (!isUtf8(bytes)) return undefined;
  return (Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)).toString('utf8');
}
