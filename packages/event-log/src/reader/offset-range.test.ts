import { describe, expect, it } from 'vitest';
import { createFakeFetchCluster } from '../fetch/testing/fake-fetch-cluster.ts';
import type { Position } from '../log.ts';
import { silentLogger } from '../logger.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { findOffsetRange, type OffsetRange } from './offset-range.ts';

const at = (offset: bigint): Position => ({ topic: 't', partition: 0, offset });

function setUp() {
  const clock = createManualClock();
  const { cluster, log, requests } = createFakeFetchCluster({ t: [1] }, clock);
  for (const value of ['a', 'b', 'c']) log.append(at(0n), [value]);
  const found: (OffsetRange | undefined)[] = [];
  let current = true;
  return {
    clock,
    cluster,
    log,
    requests,
    found,
    look: (offset: bigint) =>
      void findOffsetRange(at(offset), { cluster, current: () => current, clock, logger: silentLogger }).then((range) => found.push(range)),
    end: () => {
      current = false;
    },
  };
}

describe('the offsets of a partition', () => {
  it('are found where retention passed the position, and where the log has it by now', async () => {
    for (const offset of [1n, 3n]) {
      const { log, found, look, clock } = setUp();
      log.get(at(0n)).logStart = 2n;
      look(offset);
      await clock.advance(0);
      expect(found).toEqual([{ start: 2n, end: 3n }]);
    }
  });

  it('are believed to end below the position after 30 s only', async () => {
    const { found, look, clock } = setUp();
    look(9n);
    await clock.advance(29_900);
    expect(found).toEqual([]);
    await clock.advance(1_100);
    expect(found).toEqual([{ start: 0n, end: 3n }]);
  });

  it('are looked up until the brokers respond, or the look-up is ended', async () => {
    const { cluster, found, look, clock, end } = setUp();
    const working = cluster.fetchTopicsOffset;
    cluster.fetchTopicsOffset = async () => Promise.reject(new Error('away'));
    look(1n);
    await clock.advance(5_000);
    expect(found).toEqual([]);
    cluster.fetchTopicsOffset = working;
    await clock.advance(1_000);
    expect(found).toEqual([{ start: 0n, end: 3n }]);
    end();
    look(1n);
    await clock.advance(1_000);
    expect(found).toEqual([{ start: 0n, end: 3n }, undefined]);
  });
});
