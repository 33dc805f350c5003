import { type DataUri, readDataUri } from './data-uri.ts';
import { linkPath, type UcwaReading } from './reading.ts';

/** The text of a message or invitation, which travels as a data URI in a link; of several forms the first that is there. */
export function takeLinkedText(reading: UcwaReading, rels: readonly string[]): DataUri | undefined {
  for (const rel of rels) {
    const path = [...linkPath(reading, rel), 'href'];
    const text = readDataUri(reading.members.peekText(...path) ?? '');
    if (text === undefined) continue;
    reading.members.takeText(...path);
    return text;
  }
  return undefined;
}
