import { describe, expect, it } from 'vitest';
import { createRejectShare } from './reject-share.ts';

describe('reject share', () => {
  it('stops above the limit once enough was judged, and stays stopped', () => {
    const share = createRejectShare({ limit: 0.5, over: 100 });
    expect(share.exceeded({ good: 40, faulty: 59 })).toBe(false);
    expect(share.exceeded({ good: 0, faulty: 1 })).toBe(true);
    expect(share.open).toBe(true);
    expect(share.exceeded({ good: 1_000, faulty: 0 })).toBe(true);
  });

  it('does not stop at the limit', () => {
    const share = createRejectShare({ limit: 0.5, over: 100 });
    expect(share.exceeded({ good: 50, faulty: 50 })).toBe(false);
  });

  it('notices a fault that begins after a long good run', () => {
    const share = createRejectShare({ limit: 0.5, over: 100 });
    for (let slice = 0; slice < 1_000; slice += 1) expect(share.exceeded({ good: 50, faulty: 0 })).toBe(false);
    let slices = 0;
    while (!share.exceeded({ good: 0, faulty: 50 })) slices += 1;
    expect(slices).toBeLessThan(8);
  });
});
