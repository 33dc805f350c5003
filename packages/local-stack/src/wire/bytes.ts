/** Writes the primitive types of Kafka's protocol, big-endian. */
export interface Writer {
  int8(value: number): Writer;
  int16(value: number): Writer;
  int32(value: number): Writer;
  string(value: string | null): Writer;
  array<T>(items: readonly T[] | null, write: (writer: Writer, item: T) => unknown): Writer;
  uvarint(value: number): Writer;
  compactString(value: string): Writer;
  compactArray<T>(items: readonly T[], write: (writer: Writer, item: T) => unknown): Writer;
  /** No tagged fields. */
  noTags(): Writer;
  bytes(): Buffer;
}

export function createWriter(): Writer {
  const parts: Buffer[] = [];
  const fixed = (length: number, put: (target: Buffer) => void): Writer => {
    const part = Buffer.alloc(length);
    put(part);
    parts.push(part);
    return writer;
  };
  const writer: Writer = {
    int8: (value) => fixed(1, (part) => part.writeInt8(value)),
    int16: (value) => fixed(2, (part) => part.writeInt16BE(value)),
    int32: (value) => fixed(4, (part) => part.writeInt32BE(value)),
    string(value) {
      if (value === null) return writer.int16(-1);
      const text = Buffer.from(value);
      writer.int16(text.length);
      parts.push(text);
      return writer;
    },
    array(items, write) {
      writer.int32(items === null ? -1 : items.length);
      for (const item of items ?? []) write(writer, item);
      return writer;
    },
    uvarint(value) {
      let rest = value;
      for (; rest > 0x7f; rest >>>= 7) parts.push(Buffer.from([(rest & 0x7f) | 0x80]));
      parts.push(Buffer.from([rest]));
      return writer;
    },
    compactString(value) {
      const text = Buffer.from(value);
      writer.uvarint(text.length + 1);
      parts.push(text);
      return writer;
    },
    compactArray(items, write) {
      writer.uvarint(items.length + 1);
      for (const item of items) write(writer, item);
      return writer;
    },
    noTags: () => writer.uvarint(0),
    bytes: () => Buffer.concat(parts),
  };
  return writer;
}

/** Reads them. Throws RangeError past the end. */
export interface Reader {
  int8(): number;
  int16(): number;
  int32(): number;
  string(): string | null;
  array<T>(read: () => T): T[];
  uvarint(): number;
  compactString(): string | null;
  compactArray<T>(read: () => T): T[];
  skip(length: number): void;
  /** Skips tagged fields. */
  tags(): void;
}

export function createReader(bytes: Buffer): Reader {
  let position = 0;
  const take = (length: number): number => {
    position += length;
    return position - length;
  };
  const text = (length: number): string => {
    const start = take(length);
    if (position > bytes.length) throw new RangeError('text goes past the end of the message');
    return bytes.toString('utf8', start, position);
  };
  const items = <T>(count: number, read: () => T): T[] => Array.from({ length: Math.max(count, 0) }, read);
  const reader: Reader = {
    int8: () => bytes.readInt8(take(1)),
    int16: () => bytes.readInt16BE(take(2)),
    int32: () => bytes.readInt32BE(take(4)),
    string() {
      const length = reader.int16();
      return length < 0 ? null : text(length);
    },
    array: (read) => items(reader.int32(), read),
    uvarint() {
      let value = 0;
      for (let shift = 0; ; shift += 7) {
        const byte = bytes.readUInt8(take(1));
        value += (byte & 0x7f) * 2 ** shift;
        if (byte < 0x80) return value;
      }
    },
    compactString() {
      const length = reader.uvarint() - 1;
      return length < 0 ? null : text(length);
    },
    compactArray: (read) => items(reader.uvarint() - 1, read),
    skip: (length) => void take(length),
    tags() {
      for (let count = reader.uvarint(); count > 0; count -= 1) {
        reader.uvarint();
        reader.skip(reader.uvarint());
      }
    },
  };
  return reader;
}
