import { describe, expect, it } from 'vitest';
import { marker, storedBatch, textRecord } from '../wire/testing/batches.ts';
import { at, MAX_WAIT_MS, setUpFetcher, t } from './testing/fetcher-rig.ts';

describe('fetcher', () => {
  it('reads partitions from their leaders, and then what is written later', async () => {
    const { fetcher, log, read, clock } = setUpFetcher({ t: [1, 2] });
    log.append(t(0), ['a', 'b']);
    log.append(t(1), ['x']);
    fetcher.assign([at(0, 1n), at(1)]);
    await clock.advance(10);
    expect(read.sort()).toEqual(['t/0@1=b', 't/1@0=x']);
    log.append(t(0), ['c']);
    await clock.advance(10);
    expect(read).toContain('t/0@2=c');
  });

  it('names what changed only, with one request in flight for each broker', async () => {
    const { fetcher, log, requests, clock } = setUpFetcher({ t: [1, 1, 2] });
    fetcher.assign([at(0), at(1), at(2)]);
    await clock.advance(10);
    expect(requests).toEqual(['1: full t/0@0 t/1@0', '2: full t/2@0']);
    log.append(t(0), ['a']);
    await clock.advance(10);
    expect(requests.filter((request) => request.startsWith('1')).slice(1)).toEqual(['1: +t/0@1']);
    fetcher.pause(t(1));
    await clock.advance(MAX_WAIT_MS);
    expect(requests.filter((request) => request.startsWith('1')).slice(2)).toEqual(['1: -t/1']);
  });

  it('passes control records and records of aborted transactions, and tells where to read next', async () => {
    const { fetcher, log, read, fetched, clock } = setUpFetcher({ t: [1] });
    log.append(t(0), ['x'], { producerId: 5n, transactional: true });
    log.appendBatch(t(0), (baseOffset) => marker('abort', { baseOffset, producerId: 5n }));
    log.get(t(0)).aborted = [{ producerId: 5n, firstOffset: 0n }];
    fetcher.assign([at(0)]);
    await clock.advance(10);
    expect([read, fetched]).toEqual([[], [{ topic: 't', partition: 0, records: [], from: 0n, next: 2n }]]);
  });

  it('continues where the owner says, if it did not take all records', async () => {
    const taken: bigint[] = [];
    const { fetcher, log, clock } = setUpFetcher(
      { t: [1] },
      {
        onFetched({ records, from }) {
          taken.push(...records.slice(0, 1).map(({ offset }) => offset));
          return from + 1n;
        },
      },
    );
    log.append(t(0), ['a', 'b', 'c']);
    fetcher.assign([at(0)]);
    await clock.advance(100);
    expect(taken).toEqual([0n, 1n, 2n]);
  });

  describe('what is on the way', () => {
    it('is dropped after seek, assign and stop', async () => {
      for (const act of ['seek', 'assign', 'stop'] as const) {
        const { fetcher, log, read, clock } = setUpFetcher({ t: [1] });
        log.append(t(0), ['a', 'b', 'c']);
        fetcher.assign([at(0)]);
        if (act === 'seek') fetcher.seek(at(0, 2n));
        else if (act === 'assign') fetcher.assign([at(0, 2n)]);
        else void fetcher.stop();
        await clock.advance(10);
        expect(read).toEqual(act === 'stop' ? [] : ['t/0@2=c']);
      }
    });

    it('is not handed over while the partition is paused, and comes after resume', async () => {
      const { fetcher, log, read, clock } = setUpFetcher({ t: [1] });
      fetcher.assign([at(0)]);
      await clock.advance(10);
      fetcher.pause(t(0));
      log.append(t(0), ['a']);
      await clock.advance(5_000);
      expect(read).toEqual([]);
      fetcher.resume(t(0));
      await clock.advance(10);
      expect(read).toEqual(['t/0@0=a']);
    });
  });

  it('starts again when a partition is resumed, sought or assigned after all loops have ended', async () => {
    const { fetcher, log, read, clock, requests } = setUpFetcher({ t: [1, 1] });
    log.append(t(0), ['a']);
    fetcher.assign([at(0)]);
    fetcher.pause(t(0));
    await clock.advance(10_000);
    expect(requests).toEqual([]);
    fetcher.seek(at(0));
    await clock.advance(10_000);
    expect(requests).toEqual([]);
    fetcher.resume(t(0));
    await clock.advance(10);
    expect(read).toEqual(['t/0@0=a']);
    fetcher.pause(t(0));
    await clock.advance(10_000);
    log.append(t(1), ['b']);
    fetcher.assign([at(1)]);
    await clock.advance(10);
    expect(read).toEqual(['t/0@0=a', 't/1@0=b']);
  });

  describe('a leader that moves', () => {
    it('is followed, also to a broker that had nothing to read', async () => {
      const { fetcher, log, read, clock, moveLeader } = setUpFetcher({ t: [1, 2] });
      fetcher.assign([at(0), at(1)]);
      fetcher.pause(t(1));
      await clock.advance(1_000);
      moveLeader('t', 0, 2);
      log.append(t(0), ['a']);
      await clock.advance(1_000);
      expect(read).toEqual(['t/0@0=a']);
    });

    it('is followed where another caller refreshed the metadata', async () => {
      const { fetcher, log, read, clock, moveLeader, cluster } = setUpFetcher({ t: [1] });
      fetcher.assign([at(0)]);
      await clock.advance(100);
      moveLeader('t', 0, 2);
      log.append(t(0), ['a']);
      await cluster.refreshMetadata();
      await clock.advance(MAX_WAIT_MS + 100);
      expect(read).toEqual(['t/0@0=a']);
    });

    it('leads to no record that is handed over twice while both brokers respond', async () => {
      const { fetcher, log, read, clock, moveLeader, cluster } = setUpFetcher({ t: [1, 1] });
      fetcher.assign([at(0), at(1)]);
      await clock.advance(10);
      log.get(t(0)).leader = 2;
      await cluster.refreshMetadata();
      fetcher.pause(t(1));
      fetcher.resume(t(1));
      await clock.advance(10);
      // Both have a request for t/0 in flight.
      moveLeader('t', 0, 1);
      log.append(t(0), ['a', 'b']);
      await clock.advance(2_000);
      expect(read).toEqual(['t/0@0=a', 't/0@1=b']);
    });

    it('is waited for while there is none, with at most one refresh per 100 ms', async () => {
      const { fetcher, log, read, clock, moveLeader, requests } = setUpFetcher({ t: Array.from({ length: 20 }, () => -1) });
      fetcher.assign(Array.from({ length: 20 }, (_, partition) => at(partition)));
      await clock.advance(5_000);
      expect(requests.filter((request) => request !== 'metadata')).toEqual([]);
      expect(requests.length).toBeLessThanOrEqual(50);
      moveLeader('t', 7, 3);
      log.append(t(7), ['a']);
      await clock.advance(1_200);
      expect(read).toEqual(['t/7@0=a']);
    });
  });

  describe('trouble', () => {
    it.each([3, 5, 6, 9, 56, 74, 75, 78, 100])('of one partition (error %i) slows no other and does not loop', async (code) => {
      const { fetcher, log, read, clock, requests, failing } = setUpFetcher({ t: [1, 1] });
      log.get(t(0)).codes.push(...Array.from({ length: 1_000 }, () => code));
      fetcher.assign([at(0), at(1)]);
      await clock.advance(1_000);
      for (let round = 0; round < 10; round += 1) {
        log.append(t(1), ['x']);
        await clock.advance(10);
        expect(read).toHaveLength(round + 1);
      }
      const before = requests.length;
      await clock.advance(10_000);
      expect(requests.length - before).toBeLessThan(80);
      expect(failing.at(-1)).toMatchObject({ error: { code } });
      expect(failing.at(-1)?.forMs).toBeGreaterThan(9_000);
      log.get(t(0)).codes.length = 0;
      log.append(t(0), ['a']);
      await clock.advance(1_100);
      expect(read).toContain('t/0@0=a');
    });

    it('of one broker slows no other; its connection is renewed and its session begun again', async () => {
      const { fetcher, log, read, clock, fail, requests } = setUpFetcher({ t: [1, 2] });
      fetcher.assign([at(0), at(1)]);
      await clock.advance(10);
      fail(1, 'request lost', 'response lost', 'request lost');
      log.append(t(0), ['a']);
      log.append(t(1), ['x']);
      await clock.advance(10);
      expect(read).toContain('t/1@0=x');
      await clock.advance(600);
      expect(read).toEqual(expect.arrayContaining(['t/0@0=a', 't/1@0=x']));
      expect(read).toHaveLength(2);
      expect(requests.filter((request) => request === '1: full t/0@1').length).toBeGreaterThan(0);
    });

    it('of a broker that is away is tried again with a growing pause, and its partitions follow their leader', async () => {
      const { fetcher, log, read, clock, unreachable, requests, moveLeader } = setUpFetcher({ t: [1, 1] });
      unreachable.add(1);
      log.append(t(0), ['a']);
      log.append(t(1), ['b']);
      fetcher.assign([at(0), at(1)]);
      await clock.advance(10_000);
      expect(requests.filter((request) => request === '1: unreachable').length).toBeLessThan(16);
      moveLeader('t', 0, 2);
      await clock.advance(1_100);
      expect(read).toEqual(['t/0@0=a']);
      unreachable.clear();
      await clock.advance(1_100);
      expect(read).toEqual(['t/0@0=a', 't/1@0=b']);
    });

    it('of the metadata ends nothing', async () => {
      const { fetcher, log, read, clock, metadataErrors, moveLeader } = setUpFetcher({ t: [1] });
      metadataErrors.push(new Error('no broker'), new Error('no broker'));
      fetcher.assign([at(0)]);
      await clock.advance(10);
      moveLeader('t', 0, 2);
      log.append(t(0), ['a']);
      await clock.advance(3_000);
      expect(read).toEqual(['t/0@0=a']);
    });

    it.each([70, 71])('of a session (error %i) begins another at once', async (errorCode) => {
      const { fetcher, log, read, clock, fail, sessionsOf, failing } = setUpFetcher({ t: [1] });
      fetcher.assign([at(0)]);
      await clock.advance(10);
      if (errorCode === 70) sessionsOf(1).forgetAll();
      else fail(1, { errorCode });
      log.append(t(0), ['a']);
      await clock.advance(10);
      log.append(t(0), ['b']);
      await clock.advance(10);
      expect([read, failing]).toEqual([['t/0@0=a', 't/0@1=b'], []]);
    });

    it('does not loop at a broker that refuses every request', async () => {
      const { fetcher, clock, fail, requests, failing } = setUpFetcher({ t: [1] });
      fail(1, ...Array.from({ length: 1_000 }, () => ({ errorCode: 71 })));
      fetcher.assign([at(0)]);
      await clock.advance(10_000);
      expect(requests.filter((request) => request.startsWith('1')).length).toBeLessThan(20);
      expect(failing.at(-1)).toMatchObject({ error: { code: 71 } });
    });
  });

  it('waits as long as the broker throttles', async () => {
    const { fetcher, clock, fail, requests } = setUpFetcher({ t: [1, 2] });
    fail(1, { throttleMs: 3_000 });
    fetcher.assign([at(0), at(1)]);
    await clock.advance(2_900);
    const to = (nodeId: number) => requests.filter((request) => request.startsWith(`${nodeId}`)).length;
    expect([to(1), to(2) > 4]).toEqual([1, true]);
    fetcher.pause(t(0));
    fetcher.resume(t(0));
    await clock.advance(50);
    expect(to(1)).toBe(1);
    await clock.advance(100);
    expect(to(1)).toBe(2);
  });

  it('reads without sessions, with those last that brought something, from a broker that keeps none', async () => {
    const { fetcher, log, clock, sessionsOf, requests } = setUpFetcher({ t: [1, 1, 1] });
    sessionsOf(1).grants = false;
    log.append(t(0), ['a']);
    fetcher.assign([at(0), at(1), at(2)]);
    await clock.advance(10);
    expect(requests).toEqual(['1: full t/0@0 t/1@0 t/2@0', '1: full t/1@0 t/2@0 t/0@1']);
  });

  describe.each([true, false])('a batch larger than the quota of its partition (sessions: %s)', (grants) => {
    it('is read soon, however much the others have', async () => {
      const { fetcher, log, fetched, clock, sessionsOf } = setUpFetcher(
        { t: Array.from({ length: 10 }, () => 1) },
        { maxBytesPerPartition: 1_000 },
      );
      sessionsOf(1).grants = grants;
      for (let partition = 0; partition < 9; partition += 1) {
        for (let batch = 0; batch < 50; batch += 1) log.append(t(partition), ['x'.repeat(500)]);
      }
      log.append(t(9), ['y'.repeat(5_000)]);
      log.append(t(9), ['z'.repeat(5_000)]);
      fetcher.assign(Array.from({ length: 10 }, (_, partition) => at(partition)));
      await clock.advance(300);
      const turn = fetched.findIndex(({ partition }) => partition === 9);
      expect(turn).toBeGreaterThanOrEqual(0);
      expect(turn).toBeLessThan(30);
      expect(fetched.filter(({ partition }) => partition === 9).flatMap(({ records }) => records)).toHaveLength(2);
    });
  });

  it('reports a position that the partition does not have, and reads the partition after seek', async () => {
    const { fetcher, log, read, clock, outOfRange, requests } = setUpFetcher({ t: [1, 1] });
    log.append(t(0), ['a']);
    log.append(t(0), ['b']);
    log.get(t(0)).logStart = 1n;
    fetcher.assign([at(0), at(1)]);
    await clock.advance(3_000);
    expect(outOfRange).toEqual([at(0)]);
    expect(requests.at(-1)).not.toContain('t/0@');
    fetcher.seek(at(0, 1n));
    await clock.advance(MAX_WAIT_MS);
    expect(read).toEqual(['t/0@1=b']);
  });

  it('tries a position again once a second that a broker refuses and its owner insists on', async () => {
    const { fetcher, log, clock, requests } = setUpFetcher({ t: [1] }, { onOutOfRange: (position) => fetcher.seek(position) });
    log.get(t(0)).codes.push(...Array.from({ length: 1_000 }, () => 1));
    fetcher.assign([at(0)]);
    await clock.advance(10_000);
    expect(requests.length).toBeLessThan(12);
    log.get(t(0)).codes.length = 0;
  });

  it('hands over what is before an unreadable batch, reports the batch and tries it again with backoff', async () => {
    const { fetcher, log, read, clock, failing, requests } = setUpFetcher({ t: [1, 1] });
    log.append(t(0), ['a']);
    log.appendBatch(t(0), (baseOffset) => storedBatch([textRecord('b')], { baseOffset, codec: 2 }));
    log.append(t(1), ['x']);
    fetcher.assign([at(0), at(1)]);
    await clock.advance(10_000);
    expect(read.sort()).toEqual(['t/0@0=a', 't/1@0=x']);
    expect(failing[0]).toMatchObject({ error: { code: 'ERR_LOG_UNREADABLE', message: expect.stringContaining('offset 1 ') }, forMs: 0 });
    expect(failing.length).toBeLessThan(16);
    expect(requests.length).toBeLessThan(100);
  });

  it('stops within 6 s of a broker that does not respond, and requests nothing afterwards', async () => {
    const { fetcher, clock, fail, requests } = setUpFetcher({ t: [1] });
    fail(1, 'silence');
    fetcher.assign([at(0)]);
    await clock.advance(10);
    let stopped = false;
    void fetcher.stop().then(() => {
      stopped = true;
    });
    await clock.advance(5_900);
    expect(stopped).toBe(false);
    await clock.advance(200);
    expect(stopped).toBe(true);
    fetcher.assign([at(0)]);
    await clock.advance(10_000);
    expect(requests).toHaveLength(1);
  });

  it('stops at once where no request is in flight, also while it waits after a failure', async () => {
    const { fetcher, clock, unreachable, requests } = setUpFetcher({ t: [1] });
    unreachable.add(1);
    fetcher.assign([at(0)]);
    await clock.advance(10);
    await fetcher.stop();
    const before = requests.length;
    await clock.advance(10_000);
    expect(requests.length).toBe(before);
  });
});
