import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createReader, createWriter } from './bytes.ts';

const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const int16 = fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 });

describe('the wire format', () => {
  it('reads back what it wrote', () => {
    const fields = fc.record({
      small: fc.integer({ min: -128, max: 127 }),
      middle: int16,
      large: int32,
      varint: fc.nat(),
      text: fc.option(fc.string({ unit: 'grapheme' })),
      compact: fc.string({ unit: 'grapheme' }),
      list: fc.array(int32),
      compactList: fc.array(fc.string()),
    });
    fc.assert(
      fc.property(fields, (value) => {
        const bytes = createWriter()
          .int8(value.small)
          .int16(value.middle)
          .int32(value.large)
          .uvarint(value.varint)
          .string(value.text)
          .compactString(value.compact)
          .array(value.list, (writer, item) => writer.int32(item))
          .compactArray(value.compactList, (writer, item) => writer.compactString(item))
          .noTags()
          .bytes();
        const reader = createReader(bytes);
        const read = {
          small: reader.int8(),
          middle: reader.int16(),
          large: reader.int32(),
          varint: reader.uvarint(),
          text: reader.string(),
          compact: reader.compactString() ?? '',
          list: reader.array(() => reader.int32()),
          compactList: reader.compactArray(() => reader.compactString() ?? ''),
        };
        reader.tags();
        expect(read).toEqual(value);
      }),
    );
  });

  it('has the bytes of the protocol’s own examples of variable-length numbers', () => {
    expect([...createWriter().uvarint(0).uvarint(127).uvarint(128).uvarint(300).bytes()]).toEqual([0, 127, 0x80, 1, 0xac, 2]);
  });

  it('skips tagged fields that it does not know', () => {
    const reader = createReader(Buffer.from([1, 5, 2, 0xaa, 0xbb, 42]));
    reader.tags();
    expect(reader.int8()).toBe(42);
  });

  it('refuses to read past the end', () => {
    expect(() => createReader(Buffer.from([0, 9, 65])).string()).toThrow(RangeError);
    expect(() => createReader(Buffer.alloc(3)).int32()).toThrow(RangeError);
  });
});
