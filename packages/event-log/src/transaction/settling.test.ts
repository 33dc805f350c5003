import { describe, expect, it } from 'vitest';
import { createManualClock, type ManualClock } from '../testing/manual-clock.ts';
import { createSettling, type Settling } from './settling.ts';

/** How long `wait` takes, at most `limitMs`. */
async function waited(settling: Settling, clock: ManualClock, limitMs = 1_000): Promise<number> {
  let over = false;
  const waiting = settling.wait().then(() => {
    over = true;
  });
  let ms = 0;
  await clock.advance(0);
  for (; !over && ms < limitMs; ms += 1) await clock.advance(1);
  await waiting;
  return ms;
}

/** A transaction that the coordinator took so long after the last commit, and its own commit. */
async function transaction(settling: Settling, clock: ManualClock, busyMs: number): Promise<void> {
  await clock.advance(busyMs);
  settling.begun(busyMs > 0 ? 3 : 1);
  settling.ended();
}

describe('the time that a commit takes to settle', () => {
  it('is not waited for before it was too short once', async () => {
    const clock = createManualClock();
    const settling = createSettling(clock);
    expect(await waited(settling, clock)).toBe(0);
    settling.ended();
    settling.begun(1);
    settling.ended();
    expect(await waited(settling, clock)).toBe(0);
  });

  it('is waited for as long as it took the last times', async () => {
    const clock = createManualClock();
    const settling = createSettling(clock);
    settling.ended();
    for (let round = 0; round < 8; round += 1) await transaction(settling, clock, 20);
    expect(await waited(settling, clock)).toBeGreaterThanOrEqual(19);
    expect(await waited(settling, clock)).toBe(0);
  });

  it('is expected to be shorter after every time that the expectation was long enough', async () => {
    const clock = createManualClock();
    const settling = createSettling(clock);
    settling.ended();
    await transaction(settling, clock, 40);
    for (let round = 0; round < 30; round += 1) await transaction(settling, clock, 0);
    expect(await waited(settling, clock)).toBe(0);
  });

  it('is waited for 100 ms at most', async () => {
    const clock = createManualClock();
    const settling = createSettling(clock);
    settling.ended();
    for (let round = 0; round < 5; round += 1) await transaction(settling, clock, 30_000);
    expect(await waited(settling, clock)).toBe(100);
  });
});
