import type { IncomingMessage } from 'node:http';

/**
 * Values of a header as they were sent, the name in lower case. Node keeps one of two Authorization or Content-Type
 * headers and drops the other, so a check that must see both reads them here.
 */
export function headerValues({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>, name: string): readonly string[] {
  return rawHeaders.flatMap((text, index) => (index % 2 === 0 && text.toLowerCase() === name ? [rawHeaders[index + 1] ?? ''] : []));
}

/** The only value of a header; undefined if it is missing or was sent more than once. */
export function soleHeader(request: Pick<IncomingMessage, 'rawHeaders'>, name: string): string | undefined {
  const values = headerValues(request, name);
  return values.length === 1 ? values[0] : undefined;
}
