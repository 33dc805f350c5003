import { type JsonObject, redact } from '@switchboard/source-kit';

/** Media blobs, which hold the keys of the media, and all that opens an account or a recording. */
const NAMES = ['mediaOffer', 'mediaAnswer', 'authorization', 'client_secret', 'recordingAccessToken', 'access_token', 'replacementLink'];

/** JSON text without secrets. In the document a namespace may precede a name, and the platform has changed it before. */
export function redactedText(value: JsonObject): string {
  return JSON.stringify(redact(value, { localNames: NAMES }));
}
