import { expect, it } from 'vitest';
import { createRandom } from '../../support/random.ts';
import { isContinuedFanOut } from './crash-points.ts';
import { describeFault, faultKinds } from './fault.ts';
import { planFaults } from './plan.ts';

const plan = (seed: number, more: Partial<Parameters<typeof planFaults>[0]> = {}) =>
  planFaults({ random: createRandom(seed), horizonMs: 600_000, kills: 50, instances: 2, kinds: faultKinds, ...more });

it('follows from the seed', () => {
  expect(plan(3)).toEqual(plan(3));
  expect(plan(4)).not.toEqual(plan(3));
});

it('has as many kills as asked for, over all services, and five of leaders for fifty', () => {
  const faults = plan(3).map(({ fault }) => fault);
  const kills = faults.flatMap((fault) => (fault.kind === 'kill' || fault.kind === 'crash' ? [fault.victim.service] : []));
  expect(kills).toHaveLength(50);
  for (const service of ['ingress', 'normalizer', 'delivery']) expect(kills.filter((name) => name === service).length).toBeGreaterThan(10);
  expect(faults.filter(({ kind }) => kind === 'broker')).toHaveLength(5);
});

it('stays within the time in which notifications are sent, in order', () => {
  const times = plan(3).map(({ atMs }) => atMs);
  expect(times).toEqual(times.toSorted((one, other) => one - other));
  expect(times[0]).toBeGreaterThan(0);
  expect(times.at(-1)).toBeLessThan(600_000);
});

it('holds the chosen kinds alone', () => {
  expect(new Set(plan(3, { kinds: ['kill', 'leaders'] }).map(({ fault }) => fault.kind))).toEqual(new Set(['kill', 'leaders']));
  expect(plan(3, { kinds: [] })).toEqual([]);
});

it('has for 100 kills 10 of leaders, 10 moves of leaders, 13 rebalances, and ends of transactions held, delayed, lost and cut', () => {
  const faults = plan(5, { kills: 100, horizonMs: 680_000 }).map(({ fault }) => fault);
  const count = (kind: string) => faults.filter((fault) => fault.kind === kind).length;
  expect(count('kill') + count('crash')).toBe(100);
  expect([count('broker'), count('leaders'), count('rebalance')]).toEqual([10, 10, 13]);
  const rules = faults.flatMap((fault) => (fault.kind === 'proxy' ? fault.rules : []));
  const ends = new Set(rules.flatMap(({ api, action }) => (api === 'endTxn' ? [action] : [])));
  expect(ends).toEqual(new Set(['hold-request', 'delay-answer', 'drop-answer', 'cut-answer']));
});

it('has every other pause longer than the session of 15 s of the group member that it pauses', () => {
  const pauses = plan(3).flatMap(({ fault }) => (fault.kind === 'pause' ? [fault] : []));
  const long = pauses.filter(({ forMs }) => forMs > 15_000 && forMs <= 20_000);
  expect(long.length).toBeGreaterThanOrEqual(Math.floor(pauses.length / 2));
  expect(long.filter(({ victim }) => victim.service !== 'ingress').length).toBeGreaterThanOrEqual(Math.floor(pauses.length / 2));
});

it.each([8, 10, 50])('has of %i kills the first ones of the delivery at a point within a continued fan-out, in the first half', (kills) => {
  for (const seed of [1, 2, 3]) {
    const faults = plan(seed, { kills }).map(({ fault }) => fault);
    const continued = faults.flatMap((fault, index) => (fault.kind === 'crash' && isContinuedFanOut(fault.point) ? [index] : []));
    expect(continued.length).toBeGreaterThan(0);
    expect(Math.max(...continued)).toBeLessThan(faults.length / 2 + 1);
  }
});

it('can be read', () => {
  for (const { fault } of plan(3)) expect(describeFault(fault)).not.toMatch(/undefined|NaN/);
});
