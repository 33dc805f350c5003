import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFetchRequest } from '../fetch/testing/fetch-messages.ts';
import { fetchRequest, readFetchResponse, withoutSession } from './fetch.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
const limits = { maxWaitMs: 500, maxBytes: 1_000, maxBytesPerPartition: 100 };
const head = 'ffffffff 000001f4 00000001 000003e8 01';

const response = hex(`
  00000007 0000 00000009
  00000001 0001 74 00000002
    00000001 0000 0000000000000005 0000000000000004 0000000000000000 00000001 000000000000000b 0000000000000002 ffffffff 00000003 aabbcc
    00000002 0006 ffffffffffffffff ffffffffffffffff ffffffffffffffff ffffffff ffffffff ffffffff`);

describe('Fetch, version 11', () => {
  it('is written field by field as the grammar says', () => {
    const session = {
      sessionId: 9,
      epoch: 3,
      partitions: [
        { topic: 't', partition: 1, offset: 5n },
        { topic: 't', partition: 2, offset: 6n },
      ],
      forgotten: [{ topic: 'u', partition: 4 }],
    };
    const { apiKey, apiVersion, encode } = fetchRequest(limits, session);
    const partition = (index: string, offset: string) => `${index} ffffffff ${offset} ffffffffffffffff 00000064`;
    expect([apiKey, apiVersion, encode().buffer.toString('hex')]).toEqual([
      1,
      11,
      hex(`${head} 00000009 00000003
        00000001 0001 74 00000002 ${partition('00000001', '0000000000000005')} ${partition('00000002', '0000000000000006')}
        00000001 0001 75 00000001 00000004 0000`).toString('hex'),
    ]);
  });

  it('is written without a session', () => {
    const { encode } = fetchRequest(limits, withoutSession({ topic: 't', partition: 1, offset: 5n }));
    expect(encode().buffer.toString('hex')).toContain(hex(`${head} 00000000 ffffffff 00000001`).toString('hex'));
  });

  it('names partitions in the order in which they are to be read, whatever their topics', () => {
    const order = [
      { topic: 'a', partition: 0, offset: 0n },
      { topic: 'b', partition: 0, offset: 0n },
      { topic: 'a', partition: 1, offset: 0n },
      { topic: 'a', partition: 2, offset: 0n },
    ];
    const { encode } = fetchRequest(limits, { sessionId: 0, epoch: 0, partitions: order, forgotten: [] });
    expect(readFetchRequest(encode().buffer).partitions).toEqual(order);
  });

  it('is read partition by partition', () => {
    expect(readFetchResponse(response)).toEqual({
      throttleMs: 7,
      errorCode: 0,
      sessionId: 9,
      partitions: [
        {
          topic: 't',
          partition: 1,
          errorCode: 0,
          lastStableOffset: 4n,
          aborted: [{ producerId: 11n, firstOffset: 2n }],
          batches: hex('aabbcc'),
        },
        { topic: 't', partition: 2, errorCode: 6, lastStableOffset: -1n, aborted: [], batches: Buffer.alloc(0) },
      ],
    });
  });

  it('is read, or refused with a RangeError, whatever its bytes are', () => {
    const change = fc.record({ at: fc.nat(), octet: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 8 }), fc.nat(), (changes, length) => {
        const mutated = Buffer.from(response.subarray(0, 1 + (length % response.length)));
        for (const { at, octet } of changes) mutated[at % mutated.length] = octet;
        try {
          readFetchResponse(mutated);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
