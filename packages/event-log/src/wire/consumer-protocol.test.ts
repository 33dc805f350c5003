import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kafkajsPath } from '../kafkajs/patches/load-kafkajs.ts';
import { decodeAssignment, decodeMetadata, encodeAssignment, encodeMetadata } from './consumer-protocol.ts';

// Members of versions of Switchboard that have kafkajs's consumer group are in the group during a rolling restart.
const { MemberMetadata, MemberAssignment } = createRequire(import.meta.url)(kafkajsPath('src/consumer/assignerProtocol.js')) as {
  MemberMetadata: { encode(metadata: object): Buffer; decode(bytes: Buffer): { topics: string[]; userData: Buffer } };
  MemberAssignment: { encode(assignment: object): Buffer; decode(bytes: Buffer): { assignment: Record<string, number[]> } };
};

const topics = fc.uniqueArray(fc.stringMatching(/^[a-z][\w.-]{0,20}$/), { maxLength: 4 });
const numbers = fc.uniqueArray(fc.nat({ max: 1_000 }), { maxLength: 12 });

describe('the protocol of a consumer group', () => {
  it('has the metadata that it always had', () => {
    expect(encodeMetadata({ topics: ['in', 'a'], owned: [3, 258] }).toString('hex')).toBe(
      `0000${'00000002'}${'0002696e'}${'000161'}${'00000008'}${'03000000'}${'02010000'}`,
    );
    expect(encodeMetadata({ topics: ['in'], owned: [] }).toString('hex')).toBe('0000000000010002696e00000000');
  });

  it('has the assignment that it always had', () => {
    expect(encodeAssignment({ in: [1, 3] }).toString('hex')).toBe(
      `0000${'00000001'}${'0002696e'}${'00000002'}${'00000001'}${'00000003'}${'00000000'}`,
    );
    expect(encodeAssignment({}).toString('hex')).toBe('00000000000000000000');
  });

  it('has the partition counts in the user data of an assignment, which former versions ignore', () => {
    const bytes = encodeAssignment({ in: [1] }, new Map([['in', 4]]));
    expect(bytes.toString('hex')).toBe(
      `0000${'00000001'}${'0002696e'}${'00000001'}${'00000001'}${'0000000c'}${'00000001'}${'0002696e'}${'00000004'}`,
    );
    expect(decodeAssignment(bytes)).toEqual({ assignment: { in: [1] }, counts: new Map([['in', 4]]) });
    expect(MemberAssignment.decode(bytes).assignment).toEqual({ in: [1] });
  });

  it('has the bytes that kafkajs writes, and reads them', () => {
    fc.assert(
      fc.property(topics, numbers, (names, owned) => {
        const userData = Buffer.from(Int32Array.from(owned).buffer);
        const metadata = encodeMetadata({ topics: names, owned });
        expect(metadata).toEqual(MemberMetadata.encode({ version: 0, topics: names, userData }));
        expect(decodeMetadata(metadata)).toEqual({ topics: names, owned });
        const assignment = Object.fromEntries(names.map((name) => [name, owned]));
        const bytes = encodeAssignment(assignment);
        expect(bytes).toEqual(MemberAssignment.encode({ version: 0, assignment, userData: Buffer.alloc(0) }));
        expect(decodeAssignment(bytes)).toEqual({ assignment, counts: undefined });
      }),
    );
  });

  it('has no partition in an empty assignment', () => {
    expect(decodeAssignment(Buffer.alloc(0))).toEqual({ assignment: {}, counts: undefined });
  });

  it.each(['', '0000', '00007fffffff', '0000ffffffff', '00000000000100ff61'])('has no topics in metadata of another form: %s', (bytes) => {
    expect(decodeMetadata(Buffer.from(bytes, 'hex'))).toEqual({ topics: [], owned: [] });
  });

  it('has no owned numbers where the user data of a member has another form', () => {
    expect(decodeMetadata(Buffer.from('0000000000010002696e0000000301020300', 'hex')).owned).toEqual([]);
  });
});
