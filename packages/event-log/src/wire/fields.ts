import type { EncodedRequest } from '../kafkajs/cluster/internals.ts';

// Integers of Kafka's requests and responses: big-endian and signed, in every version.

/** Writes fields one after the other. */
export class FieldWriter {
  readonly #parts: Buffer[] = [];

  int8(value: number): this {
    return this.#fixed(1, (part) => part.writeInt8(value));
  }

  int16(value: number): this {
    return this.#fixed(2, (part) => part.writeInt16BE(value));
  }

  int32(value: number): this {
    return this.#fixed(4, (part) => part.writeInt32BE(value));
  }

  int64(value: bigint): this {
    return this.#fixed(8, (part) => part.writeBigInt64BE(value));
  }

  /** The bytes as they are. */
  add(bytes: Buffer): this {
    this.#parts.push(bytes);
    return this;
  }

  encoded(): EncodedRequest {
    const buffer = Buffer.concat(this.#parts);
    return { buf: buffer, buffer };
  }

  #fixed(bytes: number, write: (part: Buffer) => void): this {
    const part = Buffer.allocUnsafe(bytes);
    write(part);
    return this.add(part);
  }
}

/** Reads fields one after the other. Throws RangeError where the body ends too early. */
export class FieldReader {
  readonly #body: Buffer;
  #at = 0;

  constructor(body: Buffer) {
    this.#body = body;
  }

  get bytesLeft(): number {
    return this.#body.length - this.#at;
  }

  uint8(): number {
    this.#at += 1;
    return this.#body.readUInt8(this.#at - 1);
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

  /** The next `length` bytes, as a view. */
  raw(length: number): Buffer {
    const end = this.#at + length;
    if (length < 0 || end > this.#body.length) throw new RangeError(`the response ends at byte ${this.#body.length}, before byte ${end}`);
    const bytes = this.#body.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }
}
