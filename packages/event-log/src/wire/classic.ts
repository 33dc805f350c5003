import { FieldReader, FieldWriter } from './fields.ts';

// Versions of Kafka's requests before the flexible ones (ABNF, RFC 5234):
//
//   string          = int16 *OCTET                   ; bytes of UTF-8, then the text; -1: null
//   bytes           = int32 *OCTET                   ; bytes, then the content; -1: null
//   array           = int32 *element                 ; elements; -1: null
//
// Integers: fields.ts.

/** Writes the body of a request of a version before the flexible ones. */
export class ClassicWriter extends FieldWriter {
  string(value: string | null): this {
    if (value === null) return this.int16(-1);
    const bytes = Buffer.from(value, 'utf8');
    return this.int16(bytes.length).add(bytes);
  }

  bytes(value: Buffer | null): this {
    return value === null ? this.int32(-1) : this.int32(value.length).add(value);
  }

  array<Element>(elements: Iterable<Element>, write: (element: Element) => void): this {
    const all = [...elements];
    this.int32(all.length);
    for (const element of all) write(element);
    return this;
  }
}

/** Reads the body of a response of a version before the flexible ones. Throws RangeError where it ends too early. */
export class ClassicReader extends FieldReader {
  string(): string | null {
    const length = this.int16();
    return length < 0 ? null : this.raw(length).toString('utf8');
  }

  /** A view of the content. */
  bytes(): Buffer | null {
    const length = this.int32();
    return length < 0 ? null : this.raw(length);
  }

  /** The elements in order; none for null. */
  array<Element>(read: () => Element): Element[] {
    const elements: Element[] = [];
    for (let left = this.int32(); left > 0; left -= 1) elements.push(read());
    return elements;
  }
}
