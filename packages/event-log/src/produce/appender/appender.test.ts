import { describe, expect, it } from 'vitest';
import type { AppenderOptions, OutRecord } from '../../log.ts';
import { silentLogger } from '../../logger.ts';
import { partitionOf } from '../../partition-of.ts';
import { createManualClock, type ManualClock } from '../../testing/manual-clock.ts';
import type { BatchOutcome, OutBatch } from '../send-path/batch.ts';
import type { Sender } from '../send-path/sender.ts';
import { startAppender } from './appender.ts';
import type { ProducerSession } from './producer-session.ts';

interface Sent {
  readonly batches: readonly OutBatch[];
  /** Gives each batch its outcome. */
  settle(outcome: (batch: OutBatch, index: number) => BatchOutcome): void;
  /** As when the producer is discarded. */
  discard(outcome: BatchOutcome): void;
}

/** A session whose sends get their outcomes from the test. */
function createFakeSession() {
  const sends: Sent[] = [];
  const state = { discarded: undefined as { cause: unknown } | undefined, closed: false, pings: 0 };
  const sender: Sender = {
    send(batches, onOutcome) {
      const { promise, resolve } = Promise.withResolvers<readonly BatchOutcome[]>();
      const settle: Sent['settle'] = (outcome) => {
        const outcomes = batches.map(outcome);
        for (const [index, each] of outcomes.entries()) onOutcome?.(index, each);
        resolve(outcomes);
      };
      sends.push({
        batches,
        settle,
        discard(outcome) {
          state.discarded = { cause: 'discarded' };
          settle(() => outcome);
        },
      });
      return promise;
    },
    discarded: () => state.discarded,
    discard: (cause) => {
      state.discarded = { cause };
    },
  };
  const session: ProducerSession = {
    sender,
    partitionsOf: async (topic) => (topic === 'none' ? undefined : 12),
    ping: async () => {
      state.pings += 1;
    },
    close: async () => {
      state.closed = true;
    },
  };
  return { session, sends, state };
}

const written: (batch: OutBatch, index: number) => BatchOutcome = () => ({ kind: 'written', baseOffset: 100n });

async function setUp(options: AppenderOptions = {}) {
  const clock = createManualClock();
  const sessions = [createFakeSession()];
  let opens = 0;
  const hooks: { onRound: (progress: boolean) => void } = { onRound: () => undefined };
  const appender = await startAppender(
    {
      clock,
      logger: silentLogger,
      async openSession(given) {
        hooks.onRound = given.onRound;
        const fake = sessions[opens] ?? createFakeSession();
        sessions[opens] = fake;
        opens += 1;
        return fake.session;
      },
    },
    options,
  );
  const first = sessions[0] as ReturnType<typeof createFakeSession>;
  return { appender, clock, sessions, hooks, ...first, opens: () => opens };
}

const record = (value: string, more: Partial<OutRecord> = {}): OutRecord => ({
  topic: 't',
  key: Buffer.from('key'),
  value: Buffer.from(value),
  ...more,
});

/** Lets the interval between two rounds pass. */
const turn = (clock: ManualClock, ms = 10): Promise<void> => clock.advance(ms);

const valuesOf = (sent: Sent | undefined) =>
  sent?.batches.map(({ partition, records }) => [partition, records.map(({ value }) => `${value}`)]);

describe('append', () => {
  it('gathers the records of a moment in one send, one batch for each partition', async () => {
    const { appender, clock, sends } = await setUp();
    const appended = [
      appender.append(record('a', { partition: 1 })),
      appender.append(record('b', { partition: 2 })),
      appender.append(record('c', { partition: 1 })),
    ];
    await turn(clock);
    expect(sends.map(valuesOf)).toEqual([
      [
        [1, ['a', 'c']],
        [2, ['b']],
      ],
    ]);
    sends[0]?.settle(written);
    expect(await Promise.all(appended)).toEqual([
      { ok: true, position: { topic: 't', partition: 1, offset: 100n } },
      { ok: true, position: { topic: 't', partition: 2, offset: 100n } },
      { ok: true, position: { topic: 't', partition: 1, offset: 101n } },
    ]);
  });

  it('sends a record that arrives 10 ms after the last round at once, and those of the 10 ms after it together', async () => {
    const { appender, clock, sends } = await setUp();
    const sent = () => sends.map(({ batches }) => batches.map(({ partition }) => partition));
    void appender.append(record('a', { partition: 1 }));
    await clock.advance(0);
    expect(sent()).toEqual([[1]]);
    void appender.append(record('b', { partition: 2 }));
    await clock.advance(6);
    void appender.append(record('c', { partition: 3 }));
    await clock.advance(3);
    expect(sent()).toEqual([[1]]);
    await clock.advance(1);
    expect(sent()).toEqual([[1], [2, 3]]);
    await clock.advance(10);
    void appender.append(record('d', { partition: 4 }));
    await clock.advance(0);
    expect(sent()).toEqual([[1], [2, 3], [4]]);
  });

  it('does not wait for the interval once 32 records wait', async () => {
    const { appender, clock, sends } = await setUp();
    void appender.append(record('first', { partition: 0 }));
    await clock.advance(0);
    for (let count = 0; count < 31; count += 1) void appender.append(record(`${count}`, { partition: 1 + (count % 11) }));
    await clock.advance(0);
    expect(sends).toHaveLength(1);
    void appender.append(record('32nd', { partition: 1 }));
    await clock.advance(0);
    expect(sends).toHaveLength(2);
    expect(sends[1]?.batches.reduce((sum, { records }) => sum + records.length, 0)).toBe(32);
  });

  it('places a record by its key', async () => {
    const { appender, clock, sends } = await setUp();
    void appender.append(record('a'));
    await turn(clock);
    expect(valuesOf(sends[0])).toEqual([[partitionOf(Buffer.from('key'), 12), ['a']]]);
  });

  it('has one batch of a partition in flight and sends the next after it', async () => {
    const { appender, clock, sends } = await setUp();
    void appender.append(record('a', { partition: 1 }));
    await turn(clock);
    void appender.append(record('b', { partition: 1 }));
    void appender.append(record('c', { partition: 2 }));
    await turn(clock);
    expect(sends.map(valuesOf)).toEqual([[[1, ['a']]], [[2, ['c']]]]);
    sends[0]?.settle(written);
    await turn(clock);
    expect(valuesOf(sends[2])).toEqual([[1, ['b']]]);
  });

  it('does not wait when a batch is full', async () => {
    const { appender, clock, sends } = await setUp();
    void appender.append(record('first', { partition: 1 }));
    await clock.advance(0);
    sends[0]?.settle(written);
    await clock.advance(0);
    for (let count = 0; count < 500; count += 1) void appender.append(record(`${count}`, { partition: 1 }));
    expect(sends).toHaveLength(2);
    expect(sends[1]?.batches[0]?.records).toHaveLength(500);
  });

  it('does not wait for the interval with a batch that became full while the one before it was in flight', async () => {
    const { appender, clock, sends } = await setUp();
    void appender.append(record('first', { partition: 1 }));
    await clock.advance(0);
    for (let count = 0; count < 500; count += 1) void appender.append(record(`${count}`, { partition: 1 }));
    await clock.advance(1);
    sends[0]?.settle(written);
    await clock.advance(0);
    expect(sends[1]?.batches[0]?.records).toHaveLength(500);
  });

  it('refuses more than may wait, counting what is in flight', async () => {
    const { appender, clock, sends } = await setUp({ maxQueuedRecords: 2 });
    void appender.append(record('a'));
    await turn(clock);
    void appender.append(record('b'));
    expect(await appender.append(record('c'))).toEqual({ ok: false, code: 'ERR_LOG_QUEUE_FULL' });
    sends[0]?.settle(written);
    void appender.append(record('d'));
    await turn(clock);
    expect(valuesOf(sends[1])?.[0]?.[1]).toEqual(['b', 'd']);
  });

  it('refuses more bytes than may wait', async () => {
    const { appender } = await setUp({ maxQueuedBytes: 1_000 });
    void appender.append(record('x'.repeat(600)));
    expect(await appender.append(record('x'.repeat(600)))).toEqual({ ok: false, code: 'ERR_LOG_QUEUE_FULL' });
  });

  it('refuses a record that no topic takes', async () => {
    const { appender } = await setUp();
    expect(await appender.append(record('', { value: Buffer.alloc(4 * 1024 * 1024) }))).toMatchObject({
      ok: false,
      code: 'ERR_LOG_RECORD_TOO_LARGE',
    });
  });

  it('refuses a topic or a partition that does not exist', async () => {
    const { appender, clock } = await setUp();
    const appended = [appender.append(record('a', { topic: 'none' })), appender.append(record('a', { partition: 12 }))];
    await turn(clock);
    expect(await Promise.all(appended)).toMatchObject([
      { ok: false, code: 'ERR_LOG_UNKNOWN_TOPIC' },
      { ok: false, code: 'ERR_LOG_UNKNOWN_TOPIC' },
    ]);
  });

  it('does not know the outcome of a record that was sent when the deadline passes, and keeps its batch', async () => {
    const { appender, clock, sends } = await setUp();
    const appended = appender.append(record('a', { partition: 1 }), { deadlineMs: 100 });
    await turn(clock);
    void appender.append(record('b', { partition: 1 }));
    await turn(clock, 100);
    expect(await appended).toEqual({ ok: false, code: 'ERR_LOG_OUTCOME_UNKNOWN' });
    expect(sends).toHaveLength(1);
    sends[0]?.settle(written);
    await turn(clock);
    expect(valuesOf(sends[1])).toEqual([[1, ['b']]]);
  });

  it('never sends a record whose deadline passed while it waited', async () => {
    const { appender, clock, sends } = await setUp();
    void appender.append(record('a', { partition: 1 }));
    await turn(clock);
    const waiting = appender.append(record('b', { partition: 1 }), { deadlineMs: 100 });
    await turn(clock, 100);
    expect(await waiting).toEqual({ ok: false, code: 'ERR_LOG_UNAVAILABLE' });
    sends[0]?.settle(written);
    await turn(clock);
    expect(sends).toHaveLength(1);
  });

  it('sends records one by one when they were too large together, and refuses the one that is too large', async () => {
    const { appender, clock, sends } = await setUp();
    const appended = ['a', 'b'].map((value) => appender.append(record(value, { partition: 1 })));
    await turn(clock);
    sends[0]?.settle(() => ({ kind: 'refused', errorCode: 10 }));
    await turn(clock);
    expect(valuesOf(sends[1])).toEqual([[1, ['a']]]);
    sends[1]?.settle(() => ({ kind: 'refused', errorCode: 10 }));
    await turn(clock);
    expect(valuesOf(sends[2])).toEqual([[1, ['b']]]);
    sends[2]?.settle(written);
    expect(await Promise.all(appended)).toMatchObject([{ ok: false, code: 'ERR_LOG_RECORD_TOO_LARGE' }, { ok: true }]);
  });

  it('opens another producer when one was discarded, calls what was in flight unknown and sends what was not', async () => {
    const { appender, clock, sends, sessions, state } = await setUp();
    const unknown = appender.append(record('a', { partition: 1 }));
    await turn(clock);
    const waiting = appender.append(record('b', { partition: 1 }));
    sends[0]?.discard({ kind: 'unknown', cause: 'discarded' });
    expect(await unknown).toMatchObject({ ok: false, code: 'ERR_LOG_OUTCOME_UNKNOWN' });
    await turn(clock);
    expect(state.closed).toBe(true);
    expect(valuesOf(sessions[1]?.sends[0])).toEqual([[1, ['b']]]);
    sessions[1]?.sends[0]?.settle(written);
    expect(await waiting).toMatchObject({ ok: true });
  });

  it('sends a batch again that the discarded producer had not sent', async () => {
    const { appender, clock, sends, sessions } = await setUp();
    const appended = appender.append(record('a', { partition: 1 }));
    await turn(clock);
    sends[0]?.discard({ kind: 'unsent', cause: 'discarded' });
    await turn(clock);
    await turn(clock);
    sessions[1]?.sends[0]?.settle(written);
    expect(await appended).toMatchObject({ ok: true });
  });

  it('refuses at once while the breaker is open, and probes with one record when the cluster responds', async () => {
    const { appender, clock, sends, hooks, state } = await setUp();
    void appender.append(record('a', { partition: 1 }));
    await turn(clock);
    for (let count = 0; count < 2; count += 1) {
      hooks.onRound(false);
      await clock.advance(500);
    }
    hooks.onRound(false);
    expect(appender.available()).toBe(false);
    expect(await appender.append(record('b'))).toEqual({ ok: false, code: 'ERR_LOG_UNAVAILABLE' });
    await turn(clock, 500);
    expect(state.pings).toBe(1);
    expect(appender.available()).toBe(true);
    const probe = appender.append(record('probe', { partition: 2 }));
    expect(await appender.append(record('c'))).toEqual({ ok: false, code: 'ERR_LOG_UNAVAILABLE' });
    await turn(clock);
    sends[1]?.settle(written);
    hooks.onRound(true);
    expect(await probe).toMatchObject({ ok: true });
    void appender.append(record('d', { partition: 2 }));
    await turn(clock);
    expect(valuesOf(sends[2])).toEqual([[2, ['d']]]);
  });
});

describe('stop', () => {
  it('waits for what was appended and refuses what comes after', async () => {
    const { appender, clock, sends, state } = await setUp();
    const appended = appender.append(record('a', { partition: 1 }));
    const stopped = appender.stop();
    expect(await appender.append(record('b'))).toEqual({ ok: false, code: 'ERR_LOG_CLOSED' });
    await turn(clock);
    sends[0]?.settle(written);
    expect(await appended).toMatchObject({ ok: true });
    await turn(clock, 3);
    await stopped;
    expect(state.closed).toBe(true);
  });
});
