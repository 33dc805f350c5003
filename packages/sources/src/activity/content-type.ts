import type { Members } from '../members.ts';

const CONTENT_TYPES: Readonly<Record<string, string>> = { plain: 'text/plain', markdown: 'text/markdown', xml: 'text/xml' };

/** Media type of the text of an activity; plain is the default of the protocol, an unknown format stays in the extensions. */
export function takeContentType(activity: Members): string {
  const format = activity.peekText('textFormat') ?? '';
  const contentType = Object.hasOwn(CONTENT_TYPES, format) ? CONTENT_TYPES[format] : undefined;
  if (contentType === undefined) return 'text/plain';
  activity.takeText('textFormat');
  return contentType;
}
