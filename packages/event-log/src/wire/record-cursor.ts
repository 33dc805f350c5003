const CONTINUES = 0x80;
const MOST_VARINT_BYTES = 10;

/** A batch is not as the grammar says; `message` says where. */
export class MalformedBatch extends Error {
  override readonly name = 'MalformedBatch';
}

/** Reads the fields of records from `at` up to `end`, never beyond. Throws MalformedBatch. */
export class RecordCursor {
  readonly bytes: Buffer;
  at: number;
  end: number;

  constructor(bytes: Buffer, at: number, end: number) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  octet(): number {
    if (this.at >= this.end) throw new MalformedBatch(`a field ends after byte ${this.end}`);
    const octet = this.bytes[this.at] as number;
    this.at += 1;
    return octet;
  }

  /** Exact up to 2^53. */
  varint(): number {
    const first = this.octet();
    return first < CONTINUES ? (first >>> 1) ^ -(first & 1) : this.#rest(first);
  }

  /** A length that precedes as many bytes; -1: null. */
  length(): number {
    const length = this.varint();
    if (length < -1 || length > this.end - this.at)
      throw new MalformedBatch(`a field of ${length} bytes begins at byte ${this.at} of ${this.end}`);
    return length;
  }

  /** A view of the next field; null for null. */
  field(): Buffer | null {
    const length = this.length();
    if (length < 0) return null;
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  text(): string {
    const length = this.length();
    if (length < 0) throw new MalformedBatch(`the name of a header is null at byte ${this.at}`);
    this.at += length;
    return this.bytes.toString('utf8', this.at - length, this.at);
  }

  #rest(first: number): number {
    let value = first % CONTINUES;
    for (let index = 1; index < MOST_VARINT_BYTES; index += 1) {
      const octet = this.octet();
      value += (octet % CONTINUES) * CONTINUES ** index;
      // Zig-zag: even numbers are not negative.
      if (octet < CONTINUES) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
    throw new MalformedBatch(`a number has more than ${MOST_VARINT_BYTES} bytes at byte ${this.at}`);
  }
}
