import type { EncodedRequest } from '../kafkajs/cluster/internals.ts';

// Flexible versions of Kafka's requests (KIP-482), as far as this package writes and reads them (ABNF, RFC 5234):
//
//   body           = tag-buffer *field tag-buffer    ; the first one belongs to the header: version 2 of a request's, version 1 of a response's
//   compact-string = uvarint *OCTET                  ; bytes of UTF-8 plus 1, then the text; 0: null
//   compact-array  = uvarint *element                ; elements plus 1; 0: null
//   tag-buffer     = uvarint *tagged-field           ; number of tagged fields; this package writes none and skips those it reads
//   tagged-field   = uvarint uvarint *OCTET          ; tag, bytes, content
//   uvarint        = *4(%x80-FF) %x00-7F             ; 7 bits an octet, the lowest first
//
// Integers are big-endian and signed.

const CONTINUES = 0x80;
const MAX_UVARINT_BYTES = 5;

/** Writes the body of a request of a flexible version, the tag buffer of its header included. */
export class FlexibleWriter {
  readonly #parts: Buffer[] = [];

  constructor() {
    this.tags();
  }

  int8(value: number): this {
    return this.#add(1, (part) => part.writeInt8(value));
  }

  int16(value: number): this {
    return this.#add(2, (part) => part.writeInt16BE(value));
  }

  int32(value: number): this {
    return this.#add(4, (part) => part.writeInt32BE(value));
  }

  int64(value: bigint): this {
    return this.#add(8, (part) => part.writeBigInt64BE(value));
  }

  string(value: string | null): this {
    if (value === null) return this.#uvarint(0);
    const bytes = Buffer.from(value, 'utf8');
    this.#uvarint(bytes.length + 1);
    this.#parts.push(bytes);
    return this;
  }

  array<Element>(elements: readonly Element[], write: (element: Element) => void): this {
    this.#uvarint(elements.length + 1);
    for (const element of elements) write(element);
    return this;
  }

  /** An empty tag buffer. */
  tags(): this {
    return this.#uvarint(0);
  }

  encoded(): EncodedRequest {
    const buffer = Buffer.concat(this.#parts);
    return { buf: buffer, buffer };
  }

  #uvarint(value: number): this {
    const bytes: number[] = [];
    let rest = value;
    while (rest >= CONTINUES) {
      bytes.push((rest % CONTINUES) + CONTINUES);
      rest = Math.floor(rest / CONTINUES);
    }
    this.#parts.push(Buffer.from([...bytes, rest]));
    return this;
  }

  #add(bytes: number, write: (part: Buffer) => void): this {
    const part = Buffer.allocUnsafe(bytes);
    write(part);
    this.#parts.push(part);
    return this;
  }
}

/** Reads the body of a response of a flexible version. Throws RangeError where it ends too early. */
export class FlexibleReader {
  readonly #body: Buffer;
  #at = 0;

  constructor(body: Buffer) {
    this.#body = body;
    this.tags();
  }

  int16(): number {
    this.#at += 2;
    return this.#body.readInt16BE(this.#at - 2);
  }

  int32(): number {
    this.#at += 4;
    return this.#body.readInt32BE(this.#at - 4);
  }

  int64(): bigint {
    this.#at += 8;
    return this.#body.readBigInt64BE(this.#at - 8);
  }

  string(): string | null {
    const length = this.#uvarint() - 1;
    return length < 0 ? null : this.#bytes(length).toString('utf8');
  }

  /** The elements in order; none for null. */
  array<Element>(read: () => Element): Element[] {
    const elements: Element[] = [];
    for (let left = this.#uvarint() - 1; left > 0; left -= 1) elements.push(read());
    return elements;
  }

  /** Skips a tag buffer. */
  tags(): void {
    for (let left = this.#uvarint(); left > 0; left -= 1) {
      this.#uvarint();
      this.#bytes(this.#uvarint());
    }
  }

  #bytes(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#body.length) throw new RangeError(`the response ends at byte ${this.#body.length}, before byte ${end}`);
    const bytes = this.#body.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }

  #uvarint(): number {
    let value = 0;
    for (let index = 0; index < MAX_UVARINT_BYTES; index += 1) {
      const octet = this.#body.readUInt8(this.#at);
      this.#at += 1;
      value += (octet % CONTINUES) * CONTINUES ** index;
      if (octet < CONTINUES) return value;
    }
    throw new RangeError(`a length has more than ${MAX_UVARINT_BYTES} bytes`);
  }
}
