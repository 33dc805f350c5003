import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeDoneRuns } from '../group/commit-metadata.ts';
import { decodeCursor, encodeCursor, isOfProcess, MAX_CURSOR_BYTES } from './cursor-metadata.ts';

/** Texts that are in the offsets of deployed groups and must be read as long as they may be there; those of version 2 are of offset 42. */
const STORED = [
  { version: 1, metadata: 'U3dDAWluc3RhbGwtMDA0Mg==', cursor: 'install-0042' },
  { version: 1, metadata: 'U3dDAcOp', cursor: 'é' },
  { version: 2, metadata: 'U3dDAv+AH0lKaW5zdGFsbC0wMDQy', cursor: 'install-0042' },
  { version: 2, metadata: 'U3dDAv8eQ0ZZw6k=', cursor: 'é' },
] as const;
const [, , { metadata: WITH_CHECKSUM }] = STORED;
const WITHOUT_CURSOR = 'U3dDAQ==';

const at = (metadata: string, offset = 42n) => ({ offset, metadata });

describe('cursor metadata', () => {
  it.each(STORED)('reads $metadata, as version $version wrote it', ({ metadata, cursor }) => {
    expect(decodeCursor(at(metadata))).toEqual({ kind: 'cursor', cursor });
  });

  it('writes the texts of version 2', () => {
    for (const { metadata, cursor } of STORED.slice(2)) expect(encodeCursor(42n, cursor)).toBe(metadata);
  });

  it('marks an offset without a cursor as version 1 did, so that former releases read no cursor', () => {
    expect(encodeCursor(42n, undefined)).toBe(WITHOUT_CURSOR);
    expect(decodeCursor(at(WITHOUT_CURSOR))).toEqual({ kind: 'none' });
  });

  it('takes metadata with a cursor of version 1, or no metadata, for what a transaction of one partition may have written', () => {
    const texts = [WITHOUT_CURSOR, WITH_CHECKSUM, 'U3dDAcOp', '', 'AQAAAYvP5WgA'];
    expect(texts.map((metadata) => isOfProcess(at(metadata)))).toEqual([true, true, false, false, false]);
    expect(isOfProcess(at(WITH_CHECKSUM, 43n))).toBe(false);
  });

  it('gives back any well-formed cursor of 1 to 1,024 bytes, in less than the 4,096 bytes that brokers allow', () => {
    const cursors = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => Buffer.byteLength(text) <= MAX_CURSOR_BYTES);
    fc.assert(
      fc.property(cursors, fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }), (cursor, offset) => {
        expect(decodeCursor({ offset, metadata: encodeCursor(offset, cursor) })).toEqual({ kind: 'cursor', cursor });
      }),
    );
    expect(encodeCursor(0n, 'x'.repeat(MAX_CURSOR_BYTES)).length).toBeLessThan(4_096);
  });

  it('never gives a cursor when an octet was changed, or for another offset', () => {
    const cursors = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(cursors, fc.nat(), fc.integer({ min: 1, max: 255 }), (cursor, place, change) => {
        const bytes = Buffer.from(encodeCursor(42n, cursor), 'base64');
        expect(decodeCursor(at(bytes.toString('base64'), 43n))).toEqual({ kind: 'none' });
        const changed = place % bytes.length;
        bytes[changed] = (bytes[changed] as number) ^ change;
        expect(decodeCursor(at(bytes.toString('base64'))).kind).not.toBe('cursor');
      }),
    );
  });

  it.each(['', 'x'.repeat(1_025), 'é'.repeat(513)])('refuses a cursor that is empty or longer than 1,024 bytes', (cursor) => {
    expect(() => encodeCursor(42n, cursor)).toThrow('cursor must have 1 to 1024 bytes');
  });

  it.each([
    ['no metadata', ''],
    ['text of an operator', 'reset by hand on Monday'],
    ['the done offsets of a consumer', encodeDoneRuns(42n, [{ from: 3, length: 2 }])],
    ['base64 of another program', Buffer.from('another program').toString('base64')],
    ['our bytes without padding', 'U3dDAWluc3RhbGwtMDA0Mg'],
    ['our head alone', Buffer.from('SwC').toString('base64')],
    ['our head with an empty cursor', Buffer.from('SwC\u0001').toString('base64')],
    ['our head with bytes that are no UTF-8', Buffer.from([0x53, 0x77, 0x43, 1, 0xff]).toString('base64')],
  ])('takes %s for no cursor', (_name, metadata) => {
    expect(decodeCursor(at(metadata))).toEqual({ kind: 'none' });
  });

  it('tells of a newer version, whose cursor it cannot read', () => {
    expect(decodeCursor(at(Buffer.from('SwC\u0003anything').toString('base64')))).toEqual({ kind: 'newer', version: 3 });
  });

  it('reads any text without an exception', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.base64String()), (text) => void decodeCursor(at(text))));
  });
});
