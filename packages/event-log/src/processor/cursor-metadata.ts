import { isUtf8 } from 'node:buffer';
import { type CommittedOffset, openMetadata, sealMetadata } from '../offset-metadata.ts';

// Metadata of the offsets that a processor commits. A record that has been begun and not finished has its cursor there: the UTF-8 text
// that `process` gave, 1 to 1,024 bytes, in the envelope of offset-metadata.ts. Any other offset has WITHOUT_CURSOR.
//
// Version 1 had no checksum: the content followed the version. It is read as long as groups may have it. WITHOUT_CURSOR is still written
// in it: it holds nothing that a checksum could protect, and a former release, which stops at a cursor of a newer version, continues
// there.
//
// Versions with a transactional id for each input partition wrote metadata for an unfinished record only: WITHOUT_CURSOR and version 2
// show that a transaction of the process wrote it.

const FORMER_VERSION = 1;
/** "SwC" and version 1. */
const WITHOUT_CURSOR = 'U3dDAQ==';

/** Longest cursor, in bytes of UTF-8. */
export const MAX_CURSOR_BYTES = 1_024;

export type CursorMetadata =
  | { readonly kind: 'none' }
  | { readonly kind: 'cursor'; readonly cursor: string }
  /** A newer version of this program wrote it: where the record is to be continued is not known. */
  | { readonly kind: 'newer'; readonly version: number };

/**
 * Metadata of a commit of `offset`. Without a cursor: the record at the offset has not been begun. Throws RangeError for one that is
 * empty or longer than 1,024 bytes.
 */
export function encodeCursor(offset: bigint, cursor: string | undefined): string {
  if (cursor === undefined) return WITHOUT_CURSOR;
  const bytes = Buffer.from(cursor, 'utf8');
  if (bytes.length === 0 || bytes.length > MAX_CURSOR_BYTES) {
    throw new RangeError(`cursor must have 1 to ${MAX_CURSOR_BYTES} bytes (got ${bytes.length})`);
  }
  return sealMetadata('C', offset, bytes);
}

/** Reads any metadata; never throws. That of another author or offset and damaged metadata is no cursor: the record has not been begun. */
export function decodeCursor(committed: CommittedOffset): CursorMetadata {
  const opened = openMetadata('C', committed);
  if (opened.kind === 'unknown') return { kind: 'none' };
  if (opened.kind === 'content') return cursorIn(opened.content);
  return opened.version === FORMER_VERSION ? cursorIn(opened.rest) : { kind: 'newer', version: opened.version };
}

function cursorIn(bytes: Buffer): CursorMetadata {
  return bytes.length === 0 || !isUtf8(bytes) ? { kind: 'none' } : { kind: 'cursor', cursor: bytes.toString('utf8') };
}

/** Whether certainly a transaction of a whole process wrote it, and none under the transactional id of one input partition. */
export function isOfProcess(committed: CommittedOffset): boolean {
  return committed.metadata === WITHOUT_CURSOR || openMetadata('C', committed).kind === 'content';
}
