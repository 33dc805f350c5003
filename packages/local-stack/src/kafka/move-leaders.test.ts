import { describe, expect, it } from 'vitest';
import { nextLeader } from './move-leaders.ts';

const at = (leader: number, replicas: number[], inSync: number[]) => nextLeader({ topic: 't', partition: 0, leader, replicas, inSync });

describe('the next leader of a partition', () => {
  it('is the replica after the present one, around the end', () => {
    expect(at(1, [1, 2, 3], [1, 2, 3])).toBe(2);
    expect(at(3, [1, 2, 3], [1, 2, 3])).toBe(1);
  });

  it('is never one that is not in sync', () => {
    expect(at(1, [1, 2, 3], [1, 3])).toBe(3);
    expect(at(1, [1, 2, 3], [1])).toBeUndefined();
    expect(at(1, [1], [1])).toBeUndefined();
  });

  it('is any that is in sync while there is none', () => {
    expect(at(-1, [1, 2, 3], [2])).toBe(2);
  });
});
