import { setTimeout as delay } from 'node:timers/promises';
import { groups } from '../chaos/evidence/run-directory.ts';
import { type Admin, positionsOf } from '../chaos/run/backlog.ts';

const LOOK_EVERY_MS = 500;
/** Longer than a group waits for a member that is gone, and than a transaction stays open. */
const QUIET_MS = 12_000;
const CAUGHT_UP_MS = 90_000;

/**
 * Resolves when the groups have committed every offset that their partitions had when it was called: every partition has an owner that
 * makes progress. Throws after 90 s.
 *
 * A transaction that was aborted at the end of a partition leaves room that no group passes before the next record. Where no more
 * records arrive (`isQuiet`), partitions that stay where they are for 12 s count as done; the evidence tells which it was.
 */
export async function untilCaughtUp(log: Admin, names: readonly (keyof typeof groups)[], isQuiet: boolean): Promise<void> {
  const topics = Object.fromEntries(names.map((name) => [name, groups[name]]));
  const ends = new Map((await positionsOf(log, topics)).map(({ of, end }) => [of, end]));
  const deadline = performance.now() + CAUGHT_UP_MS;
  let before = '';
  let since = performance.now();
  for (;;) {
    const behind = (await positionsOf(log, topics)).filter(({ of, committed }) => committed < (ends.get(of) ?? 0));
    if (behind.length === 0) return;
    const now = behind.map(({ of, committed }) => `${of} is at ${committed} of ${ends.get(of)}`).join(', ');
    if (now !== before) since = performance.now();
    if (isQuiet && performance.now() - since > QUIET_MS) return;
    if (performance.now() > deadline) throw new Error(`no progress within ${CAUGHT_UP_MS / 1_000} s: ${now}`);
    before = now;
    await delay(LOOK_EVERY_MS);
  }
}
