import { describe, expect, it } from 'vitest';
import type { Delivered, LogRecord } from '../log.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { createPartitionIntake, type PartitionIntakeOptions } from './partition-intake.ts';

function record(offset: number, due?: number): LogRecord {
  return { topic: 't', partition: 0, offset: BigInt(offset), timestamp: due ?? 0, key: null, value: null, headers: [] };
}

const records = (from: number, to: number): LogRecord[] => Array.from({ length: to - from }, (_, index) => record(from + index));

function setUp(options: Partial<PartitionIntakeOptions> = {}) {
  const clock = createManualClock(1_000);
  const events: string[] = [];
  const given = new Map<number, Delivered>();
  const intake = createPartitionIntake({
    topic: 't',
    partition: 0,
    start: 0n,
    doneRuns: [],
    dueAt: undefined,
    maxOpen: 4,
    clock,
    onRecord: (delivered) => void given.set(Number(delivered.record.offset), delivered),
    pause: () => void events.push('pause'),
    resume: () => void events.push('resume'),
    ...options,
  });
  return { clock, events, given, intake };
}

describe('partition intake', () => {
  it('pauses at a full window and resumes when half of it is done', () => {
    const { events, given, intake } = setUp();
    expect(intake.offer(records(0, 10))).toBe(false);
    expect([...given.keys()]).toEqual([0, 1, 2, 3]);
    expect(intake.next()).toBe(4n);
    expect(events).toEqual(['pause']);
    given.get(3)?.done();
    expect(events).toEqual(['pause']);
    given.get(1)?.done();
    expect(events).toEqual(['pause', 'resume']);
    expect(intake.offer(records(4, 6))).toBe(true);
    expect([...given.keys()]).toEqual([0, 1, 2, 3, 4, 5]);
  });

  describe('with a window of 100 bytes', () => {
    const sized = (offset: number, bytes: number): LogRecord => ({ ...record(offset), value: Buffer.alloc(bytes) });

    it('pauses at the record that does not fit and resumes when half of it is done', () => {
      const { events, given, intake } = setUp({ maxOpen: 1_000, maxOpenBytes: 100 });
      expect(intake.offer([sized(0, 40), sized(1, 30), sized(2, 30), sized(3, 1)])).toBe(false);
      expect([...given.keys()]).toEqual([0, 1, 2]);
      given.get(1)?.done();
      given.get(1)?.done();
      expect(events).toEqual(['pause']);
      given.get(2)?.done();
      expect(events).toEqual(['pause', 'resume']);
      expect(intake.offer([sized(3, 60)])).toBe(true);
    });

    it('lets a larger record in alone', () => {
      const { events, given, intake } = setUp({ maxOpenBytes: 100 });
      const large = sized(1, 500);
      expect(intake.offer([sized(0, 1), large])).toBe(false);
      given.get(0)?.done();
      expect(intake.offer([large, sized(2, 1)])).toBe(false);
      expect([...given.keys()]).toEqual([0, 1]);
      given.get(1)?.done();
      expect(intake.offer([sized(2, 1)])).toBe(true);
      expect(events).toEqual(['pause', 'resume', 'pause', 'resume']);
    });

    it('counts neither what another member committed nor what is finished after that', () => {
      const { given, intake } = setUp({ maxOpenBytes: 100 });
      intake.offer([sized(0, 40), sized(1, 40), sized(2, 20)]);
      intake.rejoin(1n, [{ from: 1, length: 1 }]);
      given.get(0)?.done();
      expect(intake.offer([sized(3, 60)])).toBe(true);
      expect(intake.offer([sized(4, 1)])).toBe(false);
    });
  });

  it('drops what it has handed over before', () => {
    const { given, intake } = setUp();
    intake.offer(records(0, 3));
    const first = given.get(1);
    expect(intake.offer(records(0, 4))).toBe(true);
    expect(given.get(1)).toBe(first);
    expect([...given.keys()]).toEqual([0, 1, 2, 3]);
  });

  it('waits for a record that is not due, holds back those behind it and resumes at its time', async () => {
    const { clock, events, given, intake } = setUp({ dueAt: ({ timestamp }) => timestamp });
    const waiting = [record(0, 900), record(1, 1_500), record(2, 900)];
    expect(intake.offer(waiting)).toBe(false);
    expect([...given.keys()]).toEqual([0]);
    expect(intake.holding()).toBe(true);
    await clock.advance(499);
    expect(events).toEqual(['pause']);
    await clock.advance(1);
    expect(events).toEqual(['pause', 'resume']);
    expect(intake.offer(waiting.slice(1))).toBe(true);
    expect([...given.keys()]).toEqual([0, 1, 2]);
  });

  it('waits no longer than was said first, whatever is said at each new offer: a record from a clock ahead is due after its delay', async () => {
    const { clock, given, intake } = setUp({ dueAt: ({ timestamp }) => Math.min(timestamp, clockOf().now()) + 500 });
    const clockOf = () => clock;
    const ahead = record(0, 1_000 + 3_600_000);
    expect(intake.offer([ahead])).toBe(false);
    await clock.advance(300);
    intake.rejoin(undefined, []);
    expect(intake.offer([ahead])).toBe(false);
    await clock.advance(199);
    expect(intake.holding()).toBe(true);
    await clock.advance(1);
    expect(intake.holding()).toBe(false);
    expect(intake.offer([ahead, record(1, 1_000 + 3_600_000)])).toBe(false);
    expect([...given.keys()]).toEqual([0]);
    expect(intake.holding()).toBe(true);
  });

  it('does not wait for the time of a record that an earlier owner finished', () => {
    const { given, intake } = setUp({ dueAt: () => 5_000, doneRuns: [{ from: 0, length: 2 }] });
    expect(intake.offer([record(0), record(1)])).toBe(true);
    expect(given.size).toBe(0);
    expect(intake.next()).toBe(2n);
  });

  it('forgets on a new generation why it was holding, and resumes nothing when the time comes', async () => {
    const { clock, events, intake } = setUp({ dueAt: ({ timestamp }) => timestamp });
    intake.offer([record(0, 1_500)]);
    intake.rejoin(undefined, []);
    expect(intake.holding()).toBe(false);
    await clock.advance(10_000);
    expect(events).toEqual(['pause']);
  });

  it('counts as done what another member committed meanwhile', () => {
    const { given, intake } = setUp();
    intake.offer(records(0, 3));
    intake.rejoin(2n, [{ from: 1, length: 1 }]);
    expect(intake.open()).toBe(1);
    given.get(0)?.done();
    given.get(2)?.done();
    expect(intake.pendingCommit()).toMatchObject({ offset: 4n, doneRuns: [] });
  });

  it('has something to commit only after something changed', () => {
    const { given, intake } = setUp();
    expect(intake.pendingCommit()).toBeUndefined();
    intake.offer(records(0, 3));
    expect(intake.pendingCommit()).toBeUndefined();
    given.get(2)?.done();
    const commit = intake.pendingCommit();
    expect(commit).toMatchObject({ offset: 0n, doneRuns: [{ from: 2, length: 1 }] });
    given.get(0)?.done();
    if (commit !== undefined) intake.committed(commit);
    expect(intake.pendingCommit()).toMatchObject({ offset: 1n, doneRuns: [{ from: 1, length: 1 }] });
  });

  it('takes nothing once halted, and commits nothing once closed', () => {
    const { given, intake } = setUp();
    intake.offer(records(0, 2));
    intake.halt();
    expect(intake.offer(records(2, 3))).toBe(false);
    given.get(0)?.done();
    expect(intake.pendingCommit()).toMatchObject({ offset: 1n });
    intake.close();
    given.get(1)?.done();
    expect(intake.pendingCommit()).toBeUndefined();
  });
});
