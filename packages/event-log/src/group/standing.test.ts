import { describe, expect, it } from 'vitest';
import { createStanding } from './standing.ts';

function setUp() {
  const time = { now: 0 };
  return { time, standing: createStanding({ now: () => time.now, silenceMs: 100 }) };
}

describe('the standing of a member', () => {
  it('owns nothing before it has joined', () => {
    expect(setUp().standing.mayOwn()).toBe(false);
  });

  it('owns nothing from the begin of a rebalance to the next generation, whatever is heard meanwhile', () => {
    const { standing } = setUp();
    standing.joined();
    expect(standing.mayOwn()).toBe(true);
    standing.rebalancing();
    standing.heard();
    expect(standing.mayOwn()).toBe(false);
    standing.joined();
    expect(standing.mayOwn()).toBe(true);
  });

  it('may own nothing after a silence, and goes on when the group still answers', () => {
    const { time, standing } = setUp();
    standing.joined();
    time.now = 99;
    expect(standing.mayOwn()).toBe(true);
    time.now = 100;
    expect(standing.mayOwn()).toBe(false);
    standing.heard();
    expect(standing.mayOwn()).toBe(true);
  });
});
