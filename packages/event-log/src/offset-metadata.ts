import { crc32 } from 'node:zlib';

// Metadata that this program commits with an offset (ABNF, RFC 5234):
//
//   metadata = 1*CHAR              ; base64 (RFC 4648 section 4, with padding) of the octets of `envelope`
//   envelope = magic form version guard checksum content
//   magic    = %x53.77             ; "Sw"
//   form     = "C" / "D"           ; a cursor of a processor, done offsets of a consumer
//   version  = %x02
//   guard    = %xFF                ; never in UTF-8: version 1 of "C", which had no checksum, takes no octet behind it for a cursor
//   checksum = 4OCTET              ; CRC-32 of form, version, the committed offset (8 octets) and content; big-endian, as the offset
//   content  = *OCTET
//
// The checksum covers the offset because the content counts from it: a tool that moves a group to another cluster translates the
// offset and copies the metadata (MirrorMaker 2 does), and what was done above one offset says nothing about another.

const MAGIC = Buffer.from('Sw', 'latin1');
const VERSION = 2;
const GUARD = 0xff;
const FORM_AT = MAGIC.length;
const VERSION_AT = FORM_AT + 1;
const CHECKSUM_AT = VERSION_AT + 2;
const CONTENT_AT = CHECKSUM_AT + 4;

/** What an envelope holds: the cursor of a processor, or the done offsets of a consumer. */
export type MetadataForm = 'C' | 'D';

/** A committed offset. */
export interface CommittedOffset {
  readonly offset: bigint;
  /** Empty where there is none. */
  readonly metadata: string;
}

export type Opened =
  | { readonly kind: 'content'; readonly content: Buffer }
  /** Of another version of the form, as far as one can tell: no version but ours is known to be sound. `rest` is all behind the version. */
  | { readonly kind: 'other-version'; readonly version: number; readonly rest: Buffer }
  /** Another author wrote it, or it is of another form, damaged or of another offset: no knowledge. */
  | { readonly kind: 'unknown' };

/** Metadata that holds `content` and belongs to a commit of `offset`. */
export function sealMetadata(form: MetadataForm, offset: bigint, content: Uint8Array): string {
  const head = Buffer.alloc(CONTENT_AT);
  MAGIC.copy(head);
  head.write(form, FORM_AT, 'latin1');
  head[VERSION_AT] = VERSION;
  head[VERSION_AT + 1] = GUARD;
  head.writeUInt32BE(checksum(form, offset, content), CHECKSUM_AT);
  return Buffer.concat([head, content]).toString('base64');
}

/** Opens any metadata; never throws. */
export function openMetadata(form: MetadataForm, { offset, metadata }: CommittedOffset): Opened {
  const bytes = canonicalBytes(metadata);
  const ours = bytes !== undefined && bytes.length > VERSION_AT && bytes.subarray(0, VERSION_AT).toString('latin1') === `${MAGIC}${form}`;
  if (!ours) return { kind: 'unknown' };
  const version = bytes[VERSION_AT] as number;
  if (version !== VERSION) return { kind: 'other-version', version, rest: bytes.subarray(VERSION_AT + 1) };
  const content = bytes.subarray(CONTENT_AT);
  const sound =
    bytes.length >= CONTENT_AT && bytes[VERSION_AT + 1] === GUARD && bytes.readUInt32BE(CHECKSUM_AT) === checksum(form, offset, content);
  return sound ? { kind: 'content', content } : { kind: 'unknown' };
}

/** The bytes of base64 text; undefined where they would be written otherwise. */
export function canonicalBytes(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

function checksum(form: MetadataForm, offset: bigint, content: Uint8Array): number {
  const covered = Buffer.alloc(10);
  covered.write(form, 0, 'latin1');
  covered[1] = VERSION;
  covered.writeBigInt64BE(offset, 2);
  return crc32(content, crc32(covered));
}
