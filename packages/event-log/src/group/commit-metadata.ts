import { type CommittedOffset, canonicalBytes, openMetadata, sealMetadata } from '../offset-metadata.ts';

/** Offsets done above a committed offset: `from` counts from that offset, and `length` of them follow each other. */
export interface DoneRun {
  readonly from: number;
  readonly length: number;
}

/** Widest distance between the committed offset and the last one handed over: keeps every encoding below 3 KB. A power of two. */
export const maxSpan = 16_384;

const BITMAP = 0;
const RUN_LENGTHS = 1;

/** First octet of the former form, which had neither magic nor checksum: version, BITMAP or RUN_LENGTHS, body. */
const FORMER_VERSION = 1;
const FORMER_HEADER_BYTES = 2;
/** Another program's metadata that looks like the former form: a version octet, 01, and a timestamp in milliseconds, whose first octet of 8 is 00. */
const FOREIGN_BYTES = 9;

/**
 * Text for the metadata of a commit of `offset`: the done offsets above it, as a bitmap or as run lengths, whichever is shorter, in the
 * envelope of offset-metadata.ts. `runs` are sorted, apart from each other and below `maxSpan`. Empty when there are none; never over
 * 3,072 characters. Throws RangeError for runs beyond `maxSpan`.
 */
export function encodeDoneRuns(offset: bigint, runs: readonly DoneRun[]): string {
  const last = runs.at(-1);
  if (last === undefined) return '';
  const end = last.from + last.length;
  if (end > maxSpan) throw new RangeError(`done offsets reach ${end} above the committed one; the limit is ${maxSpan}`);
  const lengths = asRunLengths(runs);
  const bitmapBytes = Math.ceil(end / 8);
  const [kind, body] = lengths.length < bitmapBytes ? [RUN_LENGTHS, lengths] : [BITMAP, asBitmap(runs, bitmapBytes)];
  return sealMetadata('D', offset, Buffer.concat([Buffer.from([kind]), body]));
}

/**
 * The done offsets above a committed one. Undefined for metadata of another author, version or offset, and for damaged metadata: that is
 * no knowledge, and every offset above the committed one counts as open. Never throws.
 */
export function decodeDoneRuns(committed: CommittedOffset): readonly DoneRun[] | undefined {
  if (committed.metadata === '') return [];
  const opened = openMetadata('D', committed);
  return opened.kind === 'content' ? runsIn(opened.content[0], opened.content.subarray(1)) : formerRuns(committed.metadata);
}

/** Earlier versions wrote these, and groups that have not committed since still have them. */
function formerRuns(text: string): readonly DoneRun[] | undefined {
  const bytes = canonicalBytes(text);
  if (bytes === undefined || bytes.length <= FORMER_HEADER_BYTES || bytes[0] !== FORMER_VERSION) return undefined;
  if (bytes.length === FOREIGN_BYTES && bytes[1] === BITMAP) return undefined;
  return runsIn(bytes[1], bytes.subarray(FORMER_HEADER_BYTES));
}

function runsIn(kind: number | undefined, body: Buffer): readonly DoneRun[] | undefined {
  if (kind === BITMAP) return body.length * 8 <= maxSpan ? fromBitmap(body) : undefined;
  return kind === RUN_LENGTHS ? fromRunLengths(body) : undefined;
}

function asBitmap(runs: readonly DoneRun[], size: number): Buffer {
  const bits = Buffer.alloc(size);
  for (const run of runs) {
    for (let at = run.from; at < run.from + run.length; at += 1) bits[at >> 3] = (bits[at >> 3] ?? 0) | (1 << (at & 7));
  }
  return bits;
}

function fromBitmap(bits: Buffer): DoneRun[] {
  const runs: DoneRun[] = [];
  let from = -1;
  for (let at = 0; at <= bits.length * 8; at += 1) {
    const set = at < bits.length * 8 && ((bits[at >> 3] ?? 0) & (1 << (at & 7))) !== 0;
    if (set && from < 0) from = at;
    if (!set && from >= 0) {
      runs.push({ from, length: at - from });
      from = -1;
    }
  }
  return runs;
}

/** Alternating lengths, open ones first, each as a base-128 number with the low bits first. */
function asRunLengths(runs: readonly DoneRun[]): Buffer {
  const bytes: number[] = [];
  let at = 0;
  for (const run of runs) {
    pushNumber(bytes, run.from - at);
    pushNumber(bytes, run.length);
    at = run.from + run.length;
  }
  return Buffer.from(bytes);
}

function fromRunLengths(body: Buffer): DoneRun[] | undefined {
  const runs: DoneRun[] = [];
  const numbers = readNumbers(body);
  if (numbers === undefined || numbers.length % 2 !== 0) return undefined;
  let at = 0;
  for (let index = 0; index < numbers.length; index += 2) {
    const from = at + (numbers[index] ?? 0);
    const length = numbers[index + 1] ?? 0;
    at = from + length;
    if (length === 0 || at > maxSpan) return undefined;
    runs.push({ from, length });
  }
  return runs;
}

function pushNumber(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  bytes.push(rest);
}

function readNumbers(body: Buffer): number[] | undefined {
  const numbers: number[] = [];
  let value = 0;
  let shift = 0;
  for (const byte of body) {
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) {
      numbers.push(value);
      value = 0;
      shift = 0;
    } else {
      shift += 7;
      if (shift > 21) return undefined;
    }
  }
  return shift === 0 ? numbers : undefined;
}
