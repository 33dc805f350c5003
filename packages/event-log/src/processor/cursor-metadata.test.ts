import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeDoneRuns, encodeDoneRuns } from '../group/commit-metadata.ts';
import { decodeCursor, encodeCursor, isOfProcess, MAX_CURSOR_BYTES } from './cursor-metadata.ts';

/** Written by version 1: these texts are in the offsets of deployed groups and must be read as long as they may be there. */
const STORED = [
  ['U3dDAWluc3RhbGwtMDA0Mg==', 'install-0042'],
  ['U3dDAcOp', 'é'],
] as const;

describe('cursor metadata', () => {
  it.each(STORED)('reads %s, as version 1 wrote it, and writes the same text', (metadata, cursor) => {
    expect(decodeCursor(metadata)).toEqual({ kind: 'cursor', cursor });
    expect(encodeCursor(cursor)).toBe(metadata);
  });

  it('marks an offset without a cursor, so that versions before that read no cursor', () => {
    expect(encodeCursor(undefined)).toBe('U3dDAQ==');
    expect(decodeCursor('U3dDAQ==')).toEqual({ kind: 'none' });
  });

  it('takes metadata with a cursor, or none, for what a transaction of one partition may have written', () => {
    expect(['U3dDAQ==', 'U3dDAcOp', ''].map(isOfProcess)).toEqual([true, false, false]);
  });

  it('gives back any well-formed cursor of 1 to 1,024 bytes, in less than the 4,096 bytes that brokers allow', () => {
    const cursors = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => Buffer.byteLength(text) <= MAX_CURSOR_BYTES);
    fc.assert(
      fc.property(cursors, (cursor) => {
        expect(decodeCursor(encodeCursor(cursor))).toEqual({ kind: 'cursor', cursor });
      }),
    );
    expect(encodeCursor('x'.repeat(MAX_CURSOR_BYTES)).length).toBeLessThan(4_096);
  });

  it.each(['', 'x'.repeat(1_025), 'é'.repeat(513)])('refuses a cursor that is empty or longer than 1,024 bytes', (cursor) => {
    expect(() => encodeCursor(cursor)).toThrow('cursor must have 1 to 1024 bytes');
  });

  it.each([
    ['no metadata', ''],
    ['text of an operator', 'reset by hand on Monday'],
    ['the done offsets of a consumer', encodeDoneRuns([{ from: 3, length: 2 }])],
    ['base64 of another program', Buffer.from('another program').toString('base64')],
    ['our bytes without padding', 'U3dDAWluc3RhbGwtMDA0Mg'],
    ['our head alone', Buffer.from('SwC').toString('base64')],
    ['our head with an empty cursor', Buffer.from('SwC\u0001').toString('base64')],
    ['our head with bytes that are no UTF-8', Buffer.from([0x53, 0x77, 0x43, 1, 0xff]).toString('base64')],
  ])('takes %s for no cursor', (_name, metadata) => {
    expect(decodeCursor(metadata)).toEqual({ kind: 'none' });
  });

  it('tells of a newer version, whose cursor it cannot read', () => {
    expect(decodeCursor(Buffer.from('SwC\u0002anything').toString('base64'))).toEqual({ kind: 'newer', version: 2 });
  });

  it('reads any text without an exception', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.base64String()), (text) => void decodeCursor(text)));
  });

  it('is no knowledge to a consumer, which takes all above the offset for open', () => {
    expect(decodeDoneRuns(encodeCursor('install-0042'))).toBeUndefined();
  });
});
