import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CrashPoint, isContinuedFanOut } from './faults/crash-points.ts';
import { faultKinds } from './faults/fault.ts';
import { RECEIVERS } from './load/large-events.ts';
import type { ChaosOptions } from './options.ts';
import { isKept, printOutcome } from './run/outcome.ts';
import { type ChaosOutcome, runChaos } from './run/run.ts';

const options: ChaosOptions = {
  seed: 20_261_160,
  notifications: 6_000,
  kills: 10,
  rate: 60,
  instances: 2,
  faults: faultKinds,
  largeEvery: 160,
  endTxn: 'as usual',
  keep: false,
};

const promises = [
  'I1 accepted is stored',
  'I2 stored was sent',
  'I3 every raw record has its events',
  'I4 order per key is kept',
  'I5 every delivery ends once',
  'I6 attempts are bounded',
  'I7 id and body are stable',
  'I8 the books balance',
  'I12 the backlog is gone',
];

let outcome: ChaosOutcome | undefined;

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

beforeAll(async () => {
  outcome = await runChaos(options, say);
  say(printOutcome(options, outcome));
}, 600_000);

afterAll(async () => {
  if (outcome !== undefined && isKept(outcome)) await rm(outcome.directory, { recursive: true, force: true });
});

/** Violations of a promise; fails where it was not checked. */
function violationsOf(promise: string, at: 'inMotion' | 'atRest'): readonly string[] {
  const verdict = outcome?.[at].find((one) => one.promise === promise);
  if (verdict === undefined) throw new Error(`${promise} was not checked`);
  return verdict.violations;
}

/** Of a promise at rest, by name. */
function figure(promise: string, name: string): number {
  return outcome?.atRest.find((one) => one.promise === promise)?.figures[name] ?? Number.NaN;
}

describe('under killed services, killed leaders, rebalances, lost answers and wrong clocks', () => {
  it.each(promises)('during the run: %s', (promise) => {
    expect(violationsOf(promise, 'inMotion')).toEqual([]);
  });

  it.each(promises)('at its end: %s', (promise) => {
    expect(violationsOf(promise, 'atRest')).toEqual([]);
  });

  it('events had 300 deliveries, and the delivery was killed within the fan-out of one', () => {
    expect(figure('I5 every delivery ends once', 'deliveries of one event at most')).toBeGreaterThanOrEqual(RECEIVERS);
    const { crashed = {} } = outcome?.tally ?? {};
    const continued = Object.entries(crashed).filter(([point]) => isContinuedFanOut(point as CrashPoint));
    expect(continued.reduce((sum, [, count]) => sum + count, 0)).toBeGreaterThan(0);
  });

  it('something was sent, stored, delivered and harmed', () => {
    expect(outcome?.atRest.every(({ checked }) => checked > 0)).toBe(true);
    expect(outcome?.tally.failures).toEqual([]);
    expect(outcome?.unexpected).toEqual([]);
    expect(outcome?.tally.applied.kill).toBeGreaterThan(0);
    expect(outcome?.tally.applied.broker).toBeGreaterThan(0);
    // A point may not be passed often enough in time.
    const killed = (outcome?.tally.applied.kill ?? 0) + (outcome?.tally.applied.crash ?? 0);
    expect(killed).toBeGreaterThanOrEqual(options.kills - 3);
    // Only what this machine does not have may be left out.
    const allowed = new Set(['disk', 'clock', 'crash']);
    expect(outcome?.tally.skipped.filter(({ kind }) => !allowed.has(kind))).toEqual([]);
  });
});
