import { describe, expect, it } from 'vitest';
import { createFakeFetchCluster } from '../fetch/testing/fake-fetch-cluster.ts';
import type { Position } from '../log.ts';
import { silentLogger } from '../logger.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { findOffsetRange, type OffsetRange } from './offset-range.ts';

const at = (offset: bigint): Position => ({ topic: 't', partition: 0, offset });

function setUp(leaders: readonly number[] = [1]) {
  const clock = createManualClock();
  const { cluster, log, requests } = createFakeFetchCluster({ t: leaders }, clock);
  for (const value of ['a', 'b', 'c']) log.append(at(0n), [value]);
  const found: (OffsetRange | undefined)[] = [];
  const failing: { error: unknown; forMs: number }[] = [];
  const onFailing = (error: unknown, forMs: number) => void failing.push({ error, forMs });
  let current = true;
  return {
    clock,
    cluster,
    log,
    requests,
    found,
    failing,
    look: (offset: bigint) =>
      void findOffsetRange(at(offset), { cluster, current: () => current, onFailing, clock, logger: silentLogger }).then((range) =>
        found.push(range),
      ),
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

  it('are looked up of this partition only', async () => {
    const { found, look, clock } = setUp([1, -1]);
    look(1n);
    await clock.advance(0);
    expect(found).toEqual([{ start: 0n, end: 3n }]);
  });

  it('end above the records of open transactions', async () => {
    const { log, found, look, clock } = setUp();
    log.get(at(0n)).lastStableOffset = 1n;
    look(2n);
    await clock.advance(0);
    expect(found).toEqual([{ start: 0n, end: 3n }]);
  });

  it('are reported as failing while the topic is unknown', async () => {
    const { cluster, failing, found, look, clock } = setUp();
    cluster.fetchTopicsOffset = async () => [];
    look(1n);
    await clock.advance(31_000);
    expect(found).toEqual([]);
    expect(failing[0]).toMatchObject({ error: { code: 3 }, forMs: 0 });
    expect(failing.at(-1)?.forMs).toBeGreaterThanOrEqual(30_000);
  });

  it('are not looked up by a request after the end', async () => {
    const { look, clock, end, requests } = setUp();
    look(9n);
    await clock.advance(500);
    end();
    await clock.advance(5_000);
    expect(requests).toEqual([]);
  });
});
