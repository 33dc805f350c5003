import { describe, expect, it } from 'vitest';
import type { LogError } from '../kafkajs/errors/log-error.ts';
import type { Position } from '../log.ts';
import { silentLogger } from '../logger.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { startWatchdog } from './watchdog.ts';

function setUp() {
  const clock = createManualClock();
  const errors: LogError[] = [];
  const warnings: string[] = [];
  const world = { moving: [] as Position[], end: 0n, away: false };
  const stop = startWatchdog({
    clock,
    moving: () => world.moving,
    ends: () =>
      world.away ? Promise.reject(new Error('away')) : Promise.resolve(new Map([['t/0', { topic: 't', partition: 0, offset: world.end }]])),
    onStuck: (error) => void errors.push(error),
    logger: { ...silentLogger, warn: (_fields: object, message: string) => void warnings.push(message) },
    intervalMs: 10,
    patienceMs: 60,
  });
  const standAt = (offset: bigint): void => {
    world.moving = [{ topic: 't', partition: 0, offset }];
  };
  return { clock, errors, warnings, world, stop, standAt };
}

describe('watchdog', () => {
  it('reports a partition that makes no progress for too long although there are records', async () => {
    const { clock, errors, world, standAt } = setUp();
    standAt(5n);
    world.end = 9n;
    await clock.advance(60);
    expect(errors).toEqual([]);
    await clock.advance(10);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({
      code: 'ERR_LOG_STUCK',
      message: expect.stringContaining('t/0 is still at 5 although its last stable offset is 9'),
    });
  });

  it('starts counting again after a report', async () => {
    const { clock, errors, world, standAt } = setUp();
    standAt(5n);
    world.end = 9n;
    await clock.advance(130);
    expect(errors).toHaveLength(1);
    await clock.advance(10);
    expect(errors).toHaveLength(2);
  });

  it.each([
    ['there is nothing to read', { end: 5n }],
    ['the brokers are away', { away: true }],
    ['the partition is paused', { moving: [] }],
  ])('is silent while %s', async (_why, change) => {
    const parts = setUp();
    parts.standAt(5n);
    parts.world.end = 9n;
    Object.assign(parts.world, change);
    await parts.clock.advance(1_000);
    expect(parts.errors).toEqual([]);
  });

  it('is silent once stopped', async () => {
    const { clock, errors, world, stop, standAt } = setUp();
    standAt(5n);
    world.end = 9n;
    await clock.advance(40);
    stop();
    await clock.advance(1_000);
    expect(errors).toEqual([]);
  });

  it('starts counting again whenever the partition moves or the brokers were away', async () => {
    const { clock, errors, world, standAt } = setUp();
    world.end = 100n;
    for (let offset = 0n; offset < 10n; offset += 1n) {
      standAt(offset);
      await clock.advance(50);
    }
    world.away = true;
    await clock.advance(20);
    world.away = false;
    await clock.advance(50);
    expect(errors).toEqual([]);
    await clock.advance(50);
    expect(errors).toHaveLength(1);
  });

  it('warns once per 60 ms for which the brokers are away', async () => {
    const { clock, errors, warnings, world, standAt } = setUp();
    standAt(5n);
    world.away = true;
    await clock.advance(69);
    expect(warnings).toEqual([]);
    await clock.advance(1);
    expect(warnings).toEqual(['Last stable offsets are unknown']);
    await clock.advance(60);
    expect([warnings.length, errors]).toEqual([2, []]);
  });
});
