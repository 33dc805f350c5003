import { expect, it } from 'vitest';
import { createRandom } from '../../support/random.ts';
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

it('can be read', () => {
  for (const { fault } of plan(3)) expect(describeFault(fault)).not.toMatch(/undefined|NaN/);
});
