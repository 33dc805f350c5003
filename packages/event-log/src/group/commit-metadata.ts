/** Offsets done above a committed offset: `from` counts from that offset, and `length` of them follow each other. */
export interface DoneRun {
  readonly from: number;
  readonly length: number;
}

/** Widest distance between the committed offset and the last one handed over: keeps every encoding below 3 KB. A power of two. */
export const maxSpan = 16_384;

const VERSION = 1;
const BITMAP = 0;
const RUN_LENGTHS = 1;
const HEADER_BYTES = 2;

/**
 * Text for the metadata of an offset commit: the done offsets above it, as a bitmap or as run lengths, whichever is shorter.
 * `runs` are sorted, apart from each other and below `maxSpan`. Empty when there are none; never over 3,072 characters.
 */
export function encodeDoneRuns(runs: readonly DoneRun[]): string {
  const last = runs.at(-1);
  if (last === undefined) return '';
  const end = last.from + last.length;
  if (end > maxSpan) throw new RangeError(`done offsets reach ${end} above the committed one; the limit is ${maxSpan}`);
  const lengths = asRunLengths(runs);
  const bitmapBytes = Math.ceil(end / 8);
  const [kind, body] = lengths.length < bitmapBytes ? [RUN_LENGTHS, lengths] : [BITMAP, asBitmap(runs, bitmapBytes)];
  return Buffer.concat([Buffer.from([VERSION, kind]), body]).toString('base64');
}

/** The inverse of `encodeDoneRuns`; undefined for text of another author or version, which then counts as no knowledge. */
export function decodeDoneRuns(text: string): readonly DoneRun[] | undefined {
  if (text === '') return [];
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text || bytes.length <= HEADER_BYTES || bytes[0] !== VERSION) return undefined;
  const body = bytes.subarray(HEADER_BYTES);
  if (bytes[1] === BITMAP) return body.length * 8 <= maxSpan ? fromBitmap(body) : undefined;
  if (bytes[1] === RUN_LENGTHS) return fromRunLengths(body);
  return undefined;
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
