import { describe, expect, it } from 'vitest';
import { FlexibleReader, FlexibleWriter } from './flexible.ts';
import { offsetFetch } from './offset-fetch.ts';
import { txnOffsetCommit } from './txn-offset-commit.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');

describe('flexible versions', () => {
  it.each([0, 126, 127, 128, 16_383, 16_384])('write and read a text of %i bytes', (length) => {
    const text = 'x'.repeat(length);
    expect(new FlexibleReader(new FlexibleWriter().string(text).encoded().buffer).string()).toBe(text);
  });

  it('tell null from an empty text', () => {
    const reader = new FlexibleReader(new FlexibleWriter().string(null).string('').encoded().buffer);
    expect([reader.string(), reader.string()]).toEqual([null, '']);
  });

  it('skip tagged fields', () => {
    const reader = new FlexibleReader(hex('02 00 01 ff 07 03 aa bb cc 00 2a'));
    expect(reader.int16()).toBe(42);
  });

  it.each(['', '00 05 61', '00 ff ff ff ff ff'])('refuse a body that ends too early or has an endless length: %s', (body) => {
    expect(() => new FlexibleReader(hex(body)).string()).toThrow();
  });
});

const scope = { transactionalId: 'tx', producerId: '5', producerEpoch: 2 };
const member = { memberId: 'm', generationId: 7 };

describe('TxnOffsetCommit, version 3', () => {
  it('is written field by field as the grammar says', () => {
    const positions = [{ topic: 't', partition: 1, offset: 9n, metadata: 'x' }];
    const { encode, apiKey, apiVersion } = txnOffsetCommit(scope, { groupId: 'g', member, positions });
    expect([apiKey, apiVersion, encode().buffer.toString('hex')]).toEqual([
      28,
      3,
      hex(
        '00 03 7478 02 67 0000000000000005 0002 00000007 02 6d 00 02 02 74 02 00000001 0000000000000009 ffffffff 02 78 00 00 00',
      ).toString('hex'),
    ]);
  });

  it('is refused with the code of the first partition that was', () => {
    const { decode } = txnOffsetCommit(scope, { groupId: 'g', member, positions: [] });
    expect(() => decode(new FlexibleReader(hex('00 00000000 02 02 74 03 00000000 0000 00 00000001 0016 00 00 00')))).toThrow(
      'TxnOffsetCommit: error 22',
    );
  });
});

describe('OffsetFetch, version 7', () => {
  it.each([
    [true, '01'],
    [false, '00'],
  ])('is written with require-stable %s', (requireStable, flag) => {
    const { encode, apiKey, apiVersion } = offsetFetch({ groupId: 'g', partitions: [{ topic: 't', partition: 1 }], requireStable });
    expect([apiKey, apiVersion, encode().buffer.toString('hex')]).toEqual([
      9,
      7,
      hex(`00 02 67 02 02 74 02 00000001 00 ${flag} 00`).toString('hex'),
    ]);
  });

  it('is read with what is unstable, and fails with any other error', () => {
    const { decode } = offsetFetch({ groupId: 'g', partitions: [], requireStable: true });
    const body = (code: string) => hex(`00 00000000 02 02 74 02 00000001 0000000000000009 ffffffff 02 78 ${code} 00 00 0000 00`);
    expect(decode(new FlexibleReader(body('0000')))).toEqual([{ topic: 't', partition: 1, offset: 9n, metadata: 'x', unstable: false }]);
    expect(decode(new FlexibleReader(body('0058')))).toMatchObject([{ unstable: true }]);
    expect(() => decode(new FlexibleReader(body('001e')))).toThrow('OffsetFetch: error 30');
  });
});
