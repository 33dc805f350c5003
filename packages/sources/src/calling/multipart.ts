/** One part of a multipart body; the bytes are a view into it. */
export interface Part {
  /** Lower-cased names. */
  readonly headers: ReadonlyMap<string, string>;
  /** `name` of the Content-Disposition, if given. */
  readonly name: string | undefined;
  readonly body: Buffer;
}

const maxParts = 16;
const maxHeadBytes = 8_192;
const dash = 0x2d;
const delimiterLine = /^--([\x21-\x7e][\x20-\x7e]{0,69})\r?\n/;

/**
 * Parts of a multipart body, or undefined when it is none. The boundary is taken from the body's own first line: the
 * platform's Content-Type holds two types in one value, and the body alone has to tell its protocol form.
 */
export function readMultipart(bytes: Buffer): readonly Part[] | undefined {
  if (bytes[0] !== dash) return undefined;
  const opening = delimiterLine.exec(bytes.toString('latin1', 0, 80));
  if (opening === null) return undefined;
  const delimiter = `\n--${(opening[1] ?? '').trimEnd()}`;
  const parts: Part[] = [];
  let start = opening[0].length;
  while (parts.length < maxParts) {
    // One byte back: the line end of a part's delimiter is also the one before an empty part's.
    const end = bytes.indexOf(delimiter, start - 1, 'latin1');
    if (end === -1) return undefined;
    const part = readPart(bytes.subarray(start, Math.max(start, bytes[end - 1] === 0x0d ? end - 1 : end)));
    if (part === undefined) return undefined;
    parts.push(part);
    const after = end + delimiter.length;
    if (bytes.toString('latin1', after, after + 2) === '--') return parts;
    const lineEnd = bytes.indexOf(0x0a, after);
    if (lineEnd === -1) return undefined;
    start = lineEnd + 1;
  }
  return undefined;
}

function readPart(bytes: Buffer): Part | undefined {
  const head = bytes.toString('latin1', 0, maxHeadBytes);
  const blank = /(?:^|\r?\n)\r?\n/.exec(head);
  if (blank === null) return undefined;
  const headers = new Map<string, string>();
  for (const line of head.slice(0, blank.index).split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  const name = /;\s*name="?([^";]+)"?/i.exec(headers.get('content-disposition') ?? '')?.[1];
  return { headers, name, body: bytes.subarray(blank.index + blank[0].length) };
}
