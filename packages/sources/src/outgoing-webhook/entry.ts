import {
  converted,
  type EntryContext,
  type EntryOutcome,
  integer,
  listOf,
  objectOf,
  optional,
  parseHmacKey,
  readEntryWith,
  reply,
  secret,
  text,
  type ValueOf,
  withDefault,
} from '@switchboard/source-kit';

/** The sender gives up after five seconds; the rest is for the way back. */
const WAIT_MS = 4500;

const lookupId = converted(text(), (id) => ({ ok: true, value: id.toLowerCase() }));

const key = converted(secret(), (value) => {
  const parsed = parseHmacKey(value);
  return parsed.ok ? { ok: true, value: parsed.key } : { ok: false, rule: parsed.problem };
});

const entry = objectOf({
  /** Values of `?id=` that lead to this app, in lower case. */
  ids: listOf(lookupId, { min: 1 }),
  /** Security tokens of the webhook; several while one replaces another, or for one webhook in several teams. */
  keys: listOf(key, { min: 1, max: 16 }),
  team: optional(text()),
  tenant: optional(text()),
  name: optional(text()),
  reply: objectOf({ waitMs: withDefault(integer({ min: 0, max: WAIT_MS }), WAIT_MS), default: reply() }),
});

export type OutgoingWebhookEntry = ValueOf<typeof entry>;

export function readEntry(value: unknown, context: EntryContext): EntryOutcome<OutgoingWebhookEntry> {
  return readEntryWith(entry, value, context);
}
