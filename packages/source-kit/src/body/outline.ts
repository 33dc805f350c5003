/** What one pass over the bytes of a JSON text shows before it is parsed. Of bytes that are no JSON text only the depth counts. */
export interface Outline {
  /** Whether objects and lists nest deeper than the limit; nothing else is known then. */
  readonly tooDeep: boolean;
  /** Members of all objects together, as written: a member that is named twice counts twice. */
  readonly members: number;
  /** Whether a number has 16 digits in a row, so that a `number` may not hold it. */
  readonly longNumber: boolean;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const ZERO = 0x30;
const NINE = 0x39;
// { and [ differ by this bit alone, and so do } and ].
const CURLY = 0x20;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const LONG_DIGITS = 16;

/** Reads brackets, colons and digits outside of texts. */
export function outlineOf(bytes: Uint8Array, maxDepth: number): Outline {
  const { length } = bytes;
  let depth = 0;
  let members = 0;
  let digits = 0;
  let longNumber = false;
  let inText = false;
  for (let at = 0; at < length; at++) {
    const byte = bytes[at] as number;
    if (inText) {
      if (byte === QUOTE) inText = false;
      else if (byte === BACKSLASH) at++;
    } else if (byte >= ZERO && byte <= NINE) {
      if (++digits === LONG_DIGITS) longNumber = true;
    } else {
      digits = 0;
      if (byte === QUOTE) inText = true;
      else if (byte === COLON) members++;
      else if ((byte | CURLY) === CLOSE) depth--;
      else if ((byte | CURLY) === OPEN && ++depth > maxDepth) return { tooDeep: true, members, longNumber };
    }
  }
  return { tooDeep: false, members, longNumber };
}
