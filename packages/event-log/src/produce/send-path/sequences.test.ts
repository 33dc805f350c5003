import { describe, expect, it } from 'vitest';
import { createSequences } from './sequences.ts';

describe('createSequences', () => {
  it('counts each partition for itself', () => {
    const sequences = createSequences();
    expect([sequences.take('t/0', 3), sequences.take('t/1', 1), sequences.take('t/0', 1)]).toEqual([0, 0, 3]);
  });

  it('continues with 0 after 2,147,483,647, as the broker does', () => {
    const sequences = createSequences();
    sequences.giveBack('t/0', 2 ** 31 - 2);
    expect([sequences.take('t/0', 3), sequences.take('t/0', 1)]).toEqual([2 ** 31 - 2, 1]);
  });
});
