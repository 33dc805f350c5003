import { describe, expect, it } from 'vitest';
import { storedBatch, textRecord } from '../wire/testing/batches.ts';
import { at, MAX_WAIT_MS, setUpFetcher, t } from './testing/fetcher-rig.ts';

type Rig = ReturnType<typeof setUpFetcher>;

const to = ({ requests }: Pick<Rig, 'requests'>, nodeId: number) => requests.filter((request) => request.startsWith(`${nodeId}`)).length;

describe('a fetcher', () => {
  it('follows leaders while another partition has none', async () => {
    const { fetcher, log, read, clock, moveLeader } = setUpFetcher({ t: [1, 1] });
    fetcher.assign([at(0), at(1)]);
    await clock.advance(10);
    moveLeader('t', 1, -1);
    moveLeader('t', 0, 2);
    log.append(t(0), ['a']);
    await clock.advance(2_000);
    expect(read).toEqual(['t/0@0=a']);
  });

  it('looks for leaders every 5 min without a failure', async () => {
    const { fetcher, clock, requests } = setUpFetcher({ t: [1] });
    fetcher.assign([at(0)]);
    await clock.advance(299_000);
    expect(requests).not.toContain('metadata');
    await clock.advance(2_000);
    expect(requests.filter((request) => request === 'metadata')).toHaveLength(1);
    await clock.advance(301_000);
    expect(requests.filter((request) => request === 'metadata')).toHaveLength(2);
    void fetcher.stop();
    const before = requests.length;
    await clock.advance(600_000);
    expect(requests.length).toBe(before);
  });

  it('reads again 6 s after a request without a response, whose connection is replaced', async () => {
    const { fetcher, log, read, clock, fail, failing } = setUpFetcher({ t: [1] });
    fail(1, 'silence');
    fetcher.assign([at(0)]);
    log.append(t(0), ['a']);
    await clock.advance(5_900);
    expect(read).toEqual([]);
    await clock.advance(300);
    expect(read).toEqual(['t/0@0=a']);
    expect(failing[0]?.error).toMatchObject({ name: 'KafkaJSRequestTimeoutError', retriable: true });
  });

  it('stops when the metadata refresh in flight has ended', async () => {
    const { fetcher, clock, cluster, unreachable } = setUpFetcher({ t: [1] });
    const refresh = Promise.withResolvers<void>();
    cluster.refreshMetadata = () => refresh.promise;
    unreachable.add(1);
    fetcher.assign([at(0)]);
    await clock.advance(10);
    let stopped = false;
    void fetcher.stop().then(() => {
      stopped = true;
    });
    await clock.advance(1_000);
    expect(stopped).toBe(false);
    refresh.resolve();
    await clock.advance(0);
    expect(stopped).toBe(true);
  });

  it.each([
    ['a batch below the position', 1n, (bytes: Buffer) => bytes.writeBigInt64BE(0n, 0)],
    ['a batch beyond the last stable offset', 0n, (bytes: Buffer) => bytes.writeBigInt64BE(500n, 0)],
    ['a part of a batch', 0n, (bytes: Buffer) => bytes.writeInt32BE(1_000, 8)],
  ])(
    'waits after a response that brings %s only, and reports it from 30 s on',
    async (_name, offset, change: (bytes: Buffer) => unknown) => {
      const { fetcher, log, read, clock, requests, failing } = setUpFetcher({ t: [1] });
      const bytes = storedBatch([textRecord('a')], { baseOffset: offset });
      change(bytes);
      log.get(t(0)).batches.push({ base: offset, last: offset, bytes });
      fetcher.assign([at(0, offset)]);
      await clock.advance(31_000);
      expect(to({ requests }, 1)).toBeLessThan(45);
      expect([read, failing.at(-1)?.error]).toEqual([[], expect.objectContaining({ code: 'ERR_LOG_UNREADABLE' })]);
      expect(failing.at(-1)?.forMs).toBeGreaterThan(29_000);
    },
  );

  it('does not report an unreadable batch that its owner has not reached', async () => {
    let takes = false;
    const { fetcher, log, clock, failing } = setUpFetcher(
      { t: [1] },
      {
        onFetched({ from, next }) {
          if (!takes) fetcher.pause(t(0));
          return takes ? next : from;
        },
      },
    );
    log.append(t(0), ['a']);
    log.appendBatch(t(0), (baseOffset) => storedBatch([textRecord('b')], { baseOffset, codec: 2 }));
    fetcher.assign([at(0)]);
    await clock.advance(1_000);
    expect(failing).toEqual([]);
    takes = true;
    fetcher.resume(t(0));
    await clock.advance(1_000);
    expect(failing[0]?.error).toMatchObject({ code: 'ERR_LOG_UNREADABLE' });
  });

  it('reports an error of its owner at once, once for each try of the partition, and reads the others', async () => {
    const cause = new Error('a fault of the owner');
    const taken: number[] = [];
    const { fetcher, log, clock, failing, requests } = setUpFetcher(
      { t: [1, 1] },
      {
        onFetched({ partition, next }) {
          if (partition === 0) throw cause;
          taken.push(partition);
          return next;
        },
      },
    );
    log.append(t(0), ['a']);
    log.append(t(1), ['x']);
    fetcher.assign([at(0), at(1)]);
    await clock.advance(10);
    log.append(t(1), ['y']);
    await clock.advance(5_000);
    expect(failing[0]).toMatchObject({ error: { code: 'ERR_LOG_HANDLER_FAILED', cause }, forMs: Number.POSITIVE_INFINITY });
    expect([taken, requests.includes('metadata')]).toEqual([[1, 1], false]);
    expect(failing.length).toBeLessThan(12);
  });

  it('reads on when the handler of failures throws', async () => {
    const { fetcher, log, read, clock, fail } = setUpFetcher(
      { t: [1] },
      {
        onFailing() {
          throw new Error('a fault of the owner');
        },
      },
    );
    fail(1, 'request lost');
    log.append(t(0), ['a']);
    fetcher.assign([at(0)]);
    await clock.advance(1_000);
    expect(read).toEqual(['t/0@0=a']);
  });

  it('counts the time of a failure from the first one after a broker was not read from', async () => {
    const { fetcher, clock, unreachable, failing } = setUpFetcher({ t: [1] });
    unreachable.add(1);
    fetcher.assign([at(0)]);
    await clock.advance(5_000);
    expect(failing.at(-1)?.forMs).toBeGreaterThan(3_000);
    fetcher.pause(t(0));
    await clock.advance(60_000);
    const before = failing.length;
    fetcher.resume(t(0));
    await clock.advance(10);
    expect(failing[before]?.forMs).toBe(0);
  });

  it.each([{ errorCode: 71 }, { errorCode: 29 }])(
    'waits as long as the broker throttles a request that it refuses: %o',
    async (refusal) => {
      const { fetcher, clock, fail, requests } = setUpFetcher({ t: [1] });
      fetcher.assign([at(0)]);
      await clock.advance(MAX_WAIT_MS / 2);
      fail(1, { ...refusal, throttleMs: 3_000 });
      await clock.advance(MAX_WAIT_MS);
      expect(to({ requests }, 1)).toBe(2);
      await clock.advance(2_700);
      expect(to({ requests }, 1)).toBe(2);
      await clock.advance(200);
      expect(to({ requests }, 1)).toBe(3);
    },
  );
});
