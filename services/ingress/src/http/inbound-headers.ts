export interface InboundHeaders {
  readonly headers: Readonly<Record<string, string>>;
  /** Names that occur more than once, lower-cased. */
  readonly duplicateHeaders: readonly string[];
}

const none: readonly string[] = [];

/** Headers by lower-cased name, from the raw list: Node's own map silently drops the second of some names. */
export function inboundHeaders(rawHeaders: readonly string[]): InboundHeaders {
  const headers: Record<string, string> = Object.create(null);
  let duplicates: Set<string> | undefined;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] as string).toLowerCase();
    const value = rawHeaders[index + 1] as string;
    const earlier = headers[name];
    if (earlier === undefined) headers[name] = value;
    else {
      headers[name] = `${earlier}, ${value}`;
      duplicates ??= new Set();
      duplicates.add(name);
    }
  }
  return { headers, duplicateHeaders: duplicates === undefined ? none : [...duplicates] };
}
