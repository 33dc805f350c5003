import { createValidator, messageOf } from '@switchboard/validation';
import { entryKeywords } from '../entry/keywords.ts';
import type { EntryContext, Source } from '../source.ts';

export type EntryOutcome<Entry> =
  | { readonly ok: true; readonly entry: Entry }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Reads the entry of an app as it is read from SOURCES_FILE. Each problem is a sentence: member, rule and value. */
export function readEntry<Entry>(
  source: Pick<Source<string, Entry>, 'configSchema' | 'toEntry'>,
  value: unknown,
  context: EntryContext,
): EntryOutcome<Entry> {
  const checked = createValidator(source.configSchema, { keywords: entryKeywords }).check(value, { context });
  if (checked.ok) return { ok: true, entry: source.toEntry(checked.value, context) };
  return { ok: false, problems: checked.problems.map((problem) => messageOf(problem, 'the entry')) };
}
