import { FieldReader, FieldWriter } from './fields.ts';

// Flexible versions of Kafka's requests (KIP-482), as far as this package writes and reads them (ABNF, RFC 5234):
//
//   body           = tag-buffer *field tag-buffer    ; the first one belongs to the header: version 2 of a request's, version 1 of a response's
//   compact-string = uvarint *OCTET                  ; bytes of UTF-8 plus 1, then the text; 0: null
//   compact-bytes  = uvarint *OCTET                  ; bytes plus 1, then the bytes; 0: null
//   compact-array  = uvarint *element                ; elements plus 1; 0: null
//   tag-buffer     = uvarint *tagged-field           ; number of tagged fields; this package writes none and skips those it reads
//   tagged-field   = uvarint uvarint *OCTET          ; tag, bytes, content
//   uvarint        = *4(%x80-FF) %x00-7F             ; 7 bits an octet, the lowest first
//
// Integers: fields.ts.

const CONTINUES = 0x80;
const MAX_UVARINT_BYTES = 5;

/** Writes the body of a request of a flexible version, the tag buffer of its header included. */
export class FlexibleWriter extends FieldWriter {
  constructor() {
    super();
    this.tags();
  }

  string(value: string | null): this {
    return value === null ? this.#uvarint(0) : this.bytes(Buffer.from(value, 'utf8'));
  }

  bytes(value: Buffer): this {
    return this.#uvarint(value.length + 1).add(value);
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

  #uvarint(value: number): this {
    const bytes: number[] = [];
    let rest = value;
    while (rest >= CONTINUES) {
      bytes.push((rest % CONTINUES) + CONTINUES);
      rest = Math.floor(rest / CONTINUES);
    }
    return this.add(Buffer.from([...bytes, rest]));
  }
}

/** Reads the body of a response of a flexible version. Throws RangeError where it ends too early. */
export class FlexibleReader extends FieldReader {
  constructor(body: Buffer) {
    super(body);
    this.tags();
  }

  string(): string | null {
    return this.bytes()?.toString('utf8') ?? null;
  }

  /** A view of the content. */
  bytes(): Buffer | null {
    const length = this.#uvarint() - 1;
    return length < 0 ? null : this.raw(length);
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
      this.raw(this.#uvarint());
    }
  }

  #uvarint(): number {
    let value = 0;
    for (let index = 0; index < MAX_UVARINT_BYTES; index += 1) {
      const octet = this.uint8();
      value += (octet % CONTINUES) * CONTINUES ** index;
      if (octet < CONTINUES) return value;
    }
    throw new RangeError(`a length has more than ${MAX_UVARINT_BYTES} bytes`);
  }
}
