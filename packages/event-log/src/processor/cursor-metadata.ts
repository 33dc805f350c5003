import { isUtf8 } from 'node:buffer';

// Metadata of the offsets that a processor commits (ABNF, RFC 5234):
//
//   metadata = 1*CHAR              ; base64 (RFC 4648 section 4, with padding) of the octets of `content`
//   content  = magic version cursor
//   magic    = %x53.77.43          ; "SwC": told apart from the metadata of consumers (first octet %x01) and of other programs
//   version  = %x01
//   cursor   = *1024OCTET          ; UTF-8, as `process` gave it; empty: the record at the offset has not been begun
//
// Any other text, the empty one included, is no cursor: the record has not been begun. Versions with a transactional id for each
// input partition wrote metadata for an unfinished record only: an empty cursor shows that a transaction of the process wrote it.

const MAGIC = Buffer.from('SwC', 'latin1');
const VERSION = 1;
const HEADER_BYTES = MAGIC.length + 1;

/** Longest cursor, in bytes of UTF-8. */
export const MAX_CURSOR_BYTES = 1_024;

export type CursorMetadata =
  | { readonly kind: 'none' }
  | { readonly kind: 'cursor'; readonly cursor: string }
  /** A newer version of this program wrote it: where the record is to be continued is not known. */
  | { readonly kind: 'newer'; readonly version: number };

/** Without a cursor: the record at the offset has not been begun. Throws RangeError for one that is empty or longer than 1,024 bytes. */
export function encodeCursor(cursor: string | undefined): string {
  const bytes = Buffer.from(cursor ?? '', 'utf8');
  if (cursor !== undefined && (bytes.length === 0 || bytes.length > MAX_CURSOR_BYTES)) {
    throw new RangeError(`cursor must have 1 to ${MAX_CURSOR_BYTES} bytes (got ${bytes.length})`);
  }
  return Buffer.concat([MAGIC, Buffer.from([VERSION]), bytes]).toString('base64');
}

/** Reads any metadata; never throws. */
export function decodeCursor(metadata: string): CursorMetadata {
  const bytes = Buffer.from(metadata, 'base64');
  const ours = bytes.length >= HEADER_BYTES && bytes.subarray(0, MAGIC.length).equals(MAGIC) && bytes.toString('base64') === metadata;
  if (!ours) return { kind: 'none' };
  const version = bytes[MAGIC.length] as number;
  if (version !== VERSION) return { kind: 'newer', version };
  const cursor = bytes.subarray(HEADER_BYTES);
  return cursor.length === 0 || !isUtf8(cursor) ? { kind: 'none' } : { kind: 'cursor', cursor: cursor.toString('utf8') };
}

const WITHOUT_CURSOR = encodeCursor(undefined);

/** Whether certainly a transaction of a whole process wrote it, and none under the transactional id of one input partition. */
export function isOfProcess(metadata: string): boolean {
  return metadata === WITHOUT_CURSOR;
}
