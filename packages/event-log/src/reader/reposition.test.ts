import { describe, expect, it } from 'vitest';
import { createFakeFetchCluster } from '../fetch/testing/fake-fetch-cluster.ts';
import type { LogError } from '../kafkajs/errors/log-error.ts';
import type { Position } from '../log.ts';
import { silentLogger } from '../logger.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { createRepositioner } from './reposition.ts';

const at = (offset: bigint): Position => ({ topic: 't', partition: 0, offset });

function setUp() {
  const clock = createManualClock();
  const { cluster, log, requests } = createFakeFetchCluster({ t: [1] }, clock);
  for (const value of ['a', 'b', 'c']) log.append(at(0n), [value]);
  const found: bigint[] = [];
  const lost: LogError[] = [];
  const ending = new AbortController();
  const repositioner = createRepositioner({
    cluster,
    clock,
    logger: silentLogger,
    signal: ending.signal,
    onFound: ({ offset }) => void found.push(offset),
    onLost: (error) => void lost.push(error),
  });
  return { clock, cluster, log, requests, found, lost, ending, repositioner };
}

describe('repositioner', () => {
  it('continues at the log start offset where retention passed the position', async () => {
    const { log, found, repositioner, clock } = setUp();
    log.get(at(0n)).logStart = 2n;
    void repositioner.reposition(at(1n));
    await clock.advance(0);
    expect(found).toEqual([2n]);
  });

  it('tries a position again that the log has by now', async () => {
    const { found, lost, repositioner, clock } = setUp();
    void repositioner.reposition(at(3n));
    await clock.advance(1_000);
    expect([found, lost]).toEqual([[3n], []]);
  });

  it('loses a position that is ahead of the log for more than 30 s', async () => {
    const { found, lost, repositioner, clock } = setUp();
    for (let seconds = 0; seconds < 31; seconds += 1) {
      void repositioner.reposition(at(9n));
      await clock.advance(1_000);
    }
    expect([found.length, lost]).toEqual([31, []]);
    void repositioner.reposition(at(9n));
    await clock.advance(1_000);
    expect(lost).toMatchObject([
      { code: 'ERR_LOG_POSITION_LOST', message: expect.stringContaining('the reader is at 9, the log ends at 3') },
    ]);
  });

  it('looks again until the brokers respond, and ends with the reader', async () => {
    const { cluster, found, repositioner, clock, log, ending } = setUp();
    log.get(at(0n)).logStart = 2n;
    const working = cluster.fetchTopicsOffset;
    cluster.fetchTopicsOffset = async () => Promise.reject(new Error('away'));
    void repositioner.reposition(at(1n));
    await clock.advance(5_000);
    expect(found).toEqual([]);
    cluster.fetchTopicsOffset = working;
    await clock.advance(1_000);
    expect(found).toEqual([2n]);
    ending.abort();
    void repositioner.reposition(at(1n));
    await clock.advance(1_000);
    expect(found).toEqual([2n]);
  });
});
