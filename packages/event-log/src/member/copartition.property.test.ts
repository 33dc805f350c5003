import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Member, shareCopartitioned } from './copartition.ts';

const topics = ['pending', 'retry.1', 'retry.2'];
const counts = (count: number): Map<string, number> => new Map(topics.map((topic) => [topic, count]));

const memberIds = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 9 });
const groups = fc.record({ ids: memberIds, claims: fc.array(fc.array(fc.integer({ min: -1, max: 20 })), { maxLength: 9 }) });
const toMembers = ({ ids, claims }: { ids: string[]; claims: number[][] }): Member[] =>
  ids.map((id, index) => ({ id, topics, owned: claims[index] ?? [] }));

describe('shareCopartitioned', () => {
  it('gives every partition to one member, the same for every topic, in shares within one', () => {
    fc.assert(
      fc.property(groups, fc.integer({ min: 1, max: 16 }), (group, count) => {
        const shares = [...shareCopartitioned(toMembers(group), counts(count)).values()];
        for (const topic of topics) {
          const given = shares.flatMap((share) => share[topic] ?? []).sort((a, b) => a - b);
          expect(given).toEqual(Array.from({ length: count }, (_, index) => index));
        }
        for (const share of shares) for (const topic of topics) expect(share[topic]).toEqual(share[topics[0] as string]);
        const sizes = shares.map((share) => share[topics[0] as string]?.length ?? 0);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('moves no partition when nothing changed, and only as many as needed when a member comes', () => {
    fc.assert(
      fc.property(memberIds, fc.string({ minLength: 7, maxLength: 9 }), (ids, newcomer) => {
        const fresh = ids.map((id) => ({ id, topics, owned: [] }));
        const first = shareCopartitioned(fresh, counts(12));
        const settled = fresh.map((member) => ({ ...member, owned: first.get(member.id)?.pending ?? [] }));
        expect(shareCopartitioned(settled, counts(12))).toEqual(first);

        const grown = shareCopartitioned([...settled, { id: newcomer, topics, owned: [] }], counts(12));
        const moved = ids
          .flatMap((id) => grown.get(id)?.pending ?? [])
          .filter((p) => !ids.some((id) => first.get(id)?.pending?.includes(p) && grown.get(id)?.pending?.includes(p)));
        expect(moved).toEqual([]);
      }),
    );
  });

  it('gives a topic that only some members know to those members', () => {
    const members = [
      { id: 'old', topics: ['pending'], owned: [] },
      { id: 'new', topics: ['pending', 'retry.1'], owned: [] },
    ];
    const shares = shareCopartitioned(
      members,
      new Map([
        ['pending', 4],
        ['retry.1', 4],
      ]),
    );
    expect(shares.get('old')?.['retry.1']).toBeUndefined();
    expect(shares.get('new')?.['retry.1']).toEqual([0, 1, 2, 3]);
    expect((shares.get('old')?.pending ?? []).length).toBe(2);
  });
});
