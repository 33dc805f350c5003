import { type JsonObject, redact } from '@switchboard/source-kit';

/** Media blobs, which hold the keys of the media, and whatever opens an account or a recording. */
const NAMES = ['mediaOffer', 'mediaAnswer', 'authorization', 'client_secret', 'recordingAccessToken', 'access_token', 'replacementLink'];

/** The names as they stand in the document, where a namespace may come first. */
const QUALIFIED = NAMES.flatMap((name) => [name, `service:${name}`, `ms:rtc:saas:${name}`]);

/** JSON text without secrets. */
export function redactedText(value: JsonObject): string {
  return JSON.stringify(redact(value, { names: QUALIFIED }));
}
