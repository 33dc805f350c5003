import type { IncomingMessage } from 'node:http';

export interface InboundHeaders {
  readonly headers: Readonly<Record<string, string>>;
  /** Names that occur more than once, lower-cased. */
  readonly duplicateHeaders: readonly string[];
}

const none: readonly string[] = [];

/**
 * Headers by lower-cased name; do not change the map. It is Node's own where no name occurs twice. Node silently drops the
 * second of some names, so that otherwise another map is made from the raw list.
 */
export function inboundHeaders({ headers, rawHeaders }: Pick<IncomingMessage, 'headers' | 'rawHeaders'>): InboundHeaders {
  const isComplete = 2 * Object.keys(headers).length === rawHeaders.length;
  // The one header that Node makes a list of.
  if (isComplete && headers['set-cookie'] === undefined) return { headers: headers as Record<string, string>, duplicateHeaders: none };
  return headersOf(rawHeaders);
}

function headersOf(rawHeaders: readonly string[]): InboundHeaders {
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
