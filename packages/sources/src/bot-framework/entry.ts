import {
  type EntryContext,
  type EntryOutcome,
  httpsUrl,
  integer,
  listOf,
  objectOf,
  readEntryWith,
  reply,
  text,
  type ValueOf,
  withDefault,
} from '@switchboard/source-kit';

const METADATA_URL = 'https://login.botframework.com/v1/.well-known/openidconfiguration';
const ISSUER = 'https://api.botframework.com';
const WAIT_MS = 4500;

/** Without a configured default an invoke without a reply gets an empty object, which shows nothing. */
const NO_REPLY = { waitMs: WAIT_MS, default: {} };

const entry = objectOf({
  /** Microsoft app id of the bot. */
  audience: text(),
  issuers: withDefault(listOf(text(), { min: 1 }), [ISSUER]),
  metadataUrl: withDefault(httpsUrl(), METADATA_URL),
  reply: withDefault(objectOf({ waitMs: withDefault(integer({ min: 0, max: WAIT_MS }), WAIT_MS), default: reply() }), NO_REPLY),
});

export type BotFrameworkEntry = ValueOf<typeof entry>;

export function readEntry(value: unknown, context: EntryContext): EntryOutcome<BotFrameworkEntry> {
  return readEntryWith(entry, value, context);
}
