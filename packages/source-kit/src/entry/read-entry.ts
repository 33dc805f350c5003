import type { EntryContext, EntryOutcome } from '../source.ts';
import { invalid, type MemberReader } from './member-reader.ts';

/**
 * Reads an entry of SOURCES_FILE as a whole. Reports every problem, each as "<member path> <rule>[, not <value>]" with
 * the path from the entry on; values of secrets never show.
 *
 * @example
 * const entry = objectOf({ audience: text(), tenants: withDefault(listOf(text()), []) });
 * type Entry = ValueOf<typeof entry>;
 * readEntry: (value, context) => readEntryWith(entry, value, context),
 */
export function readEntryWith<Entry>(reader: MemberReader<Entry>, value: unknown, context: EntryContext): EntryOutcome<Entry> {
  const problems: string[] = [];
  const place = { path: '', problems, secret: context.secret };
  const entry = value === undefined || value === null ? reader.fallback(place) : reader.read(value, place);
  return entry === invalid ? { ok: false, problems } : { ok: true, entry: entry as Entry };
}
