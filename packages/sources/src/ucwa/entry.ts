import {
  type EntryContext,
  type EntryOutcome,
  httpsUrl,
  listOf,
  objectOf,
  readEntryWith,
  text,
  type ValueOf,
  withDefault,
} from '@switchboard/source-kit';

const METADATA_URL = 'https://login.microsoftonline.com/common/.well-known/openid-configuration';

const entry = objectOf({
  /** App ID URI of the registration, compared letter by letter: a trailing slash counts. */
  audience: text(),
  /** Tenants whose application endpoints may post. All tenants share one key set, so that without a list every one would be admitted. */
  tenants: listOf(text(), { min: 1 }),
  metadataUrl: withDefault(httpsUrl(), METADATA_URL),
});

export type UcwaEntry = ValueOf<typeof entry>;

export function readEntry(value: unknown, context: EntryContext): EntryOutcome<UcwaEntry> {
  return readEntryWith(entry, value, context);
}
