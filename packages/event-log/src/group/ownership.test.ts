import { describe, expect, it } from 'vitest';
import type { FetcherOptions } from '../fetch/fetcher.ts';
import type { Delivered, LogRecord, TopicPartition } from '../log.ts';
import { keyOf } from '../partition-key.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { decodeDoneRuns, encodeDoneRuns } from './commit-metadata.ts';
import type { GroupPosition } from './group-positions.ts';
import { createOwnership } from './ownership.ts';
import { createFakeFetchers } from './testing/fake-fetcher.ts';

const at = (partition: number): TopicPartition => ({ topic: 't', partition });
const record = (partition: number, offset: number): LogRecord => ({
  ...at(partition),
  offset: BigInt(offset),
  timestamp: 0,
  key: null,
  value: null,
  headers: [],
});

function setUp() {
  const committed = new Map<number, { offset: bigint; metadata: string }>();
  const given: Delivered[] = [];
  const lost: (readonly TopicPartition[])[] = [];
  const clock = createManualClock();
  const { createFetcher, calls } = createFakeFetchers();
  let slow = false;
  let found: (numbers: readonly number[]) => void = () => undefined;
  function positionIn(partition: TopicPartition): [string, GroupPosition] {
    const { offset = 7n, metadata = '' } = committed.get(partition.partition) ?? {};
    const isCommitted = committed.has(partition.partition);
    return [keyOf(partition), { ...partition, offset, committed: isCommitted, doneRuns: decodeDoneRuns({ offset, metadata }) ?? [] }];
  }
  const ownership = createOwnership({
    reading: {
      ...createFetcher({} as FetcherOptions),
      async positions(partitions, onFound) {
        found = (numbers) => onFound(new Map(partitions.filter(({ partition }) => numbers.includes(partition)).map(positionIn)));
        await Promise.resolve();
        if (!slow) found(partitions.map(({ partition }) => partition));
      },
    },
    clock,
    options: { onRecord: (delivered) => void given.push(delivered), onLost: (partitions) => void lost.push(partitions) },
  });
  /** A generation, until it is settled. */
  const join = async (partitions: readonly number[], missed = false): Promise<void> => {
    ownership.joined(partitions.map(at), { memberId: 'member', generationId: 1 }, missed);
    await clock.advance(0);
  };
  /** From now on the positions of a generation are known when the returned function is called with the numbers of the partitions. */
  const slowly = () => {
    slow = true;
    return (...numbers: readonly number[]) => found(numbers);
  };
  return { ownership, committed, calls, given, lost, clock, join, slowly };
}

describe('ownership', () => {
  it('begins where the group is, else at the log start offset', async () => {
    const { ownership, committed, clock, calls } = setUp();
    committed.set(0, { offset: 20n, metadata: encodeDoneRuns(20n, [{ from: 2, length: 3 }]) });
    expect(ownership.everSettled()).toBe(false);
    ownership.joined([at(0), at(1)], { memberId: 'member', generationId: 1 }, false);
    expect(ownership.intakes()).toEqual([]);
    await clock.advance(0);
    expect(ownership.intake(at(0))?.next()).toBe(20n);
    expect(ownership.intake(at(1))?.next()).toBe(7n);
    expect(ownership.intake(at(2))).toBeUndefined();
    expect(ownership.assigned()).toEqual([at(0), at(1)]);
    expect(calls).toEqual(['assign', 'assign 0@20 1@7']);
  });

  it('skips what the metadata names as done', async () => {
    const { ownership, committed, given, join } = setUp();
    committed.set(0, { offset: 20n, metadata: encodeDoneRuns(20n, [{ from: 1, length: 2 }]) });
    await join([0]);
    ownership.intake(at(0))?.offer([20, 21, 22, 23].map((offset) => record(0, offset)));
    expect(given.map((delivered) => delivered.record.offset)).toEqual([20n, 23n]);
  });

  it('drops lost partitions: it names them, and their work is not committed any more', async () => {
    const { ownership, given, lost, join } = setUp();
    await join([0, 1]);
    const dropped = ownership.intake(at(1));
    dropped?.offer([record(1, 7)]);
    await join([0]);
    expect(lost).toEqual([[at(1)]]);
    given[0]?.done();
    expect(dropped?.pendingCommit()).toBeUndefined();
    expect(ownership.intakes().map(({ partition }) => partition)).toEqual([0]);
  });

  it('keeps what a retained partition has open, and continues after it', async () => {
    const { ownership, given, calls, join } = setUp();
    await join([0]);
    ownership.intake(at(0))?.offer([record(0, 7), record(0, 8)]);
    await join([0, 1]);
    expect(calls).toEqual(['assign', 'assign 0@7', 'assign', 'assign 0@9 1@7']);
    ownership.intake(at(0))?.offer([record(0, 9)]);
    expect(given.map((delivered) => delivered.record.offset)).toEqual([7n, 8n, 9n]);
    for (const delivered of given) delivered.done();
    expect(ownership.intake(at(0))?.pendingCommit()).toMatchObject({ offset: 10n });
  });

  it('reads each partition from when its position is known, and keeps those paused that are', async () => {
    const { ownership, calls, join, slowly } = setUp();
    await join([0]);
    const kept = ownership.intake(at(0));
    const know = slowly();
    await join([0, 1, 2]);
    know(1);
    expect([calls.at(-1), ownership.intake(at(0)), ownership.intakes()]).toEqual([
      'assign 1@7',
      undefined,
      [kept, ownership.intake(at(1))],
    ]);
    ownership.intake(at(1))?.offer(Array.from({ length: 1_001 }, (_, index) => record(1, 7 + index)));
    know(0, 2);
    expect([calls.slice(-2), ownership.intake(at(0))]).toEqual([['assign 1@1007 0@7 2@7', 'pause 1'], kept]);
  });

  it('loses all it had when it missed a generation, for another member may have had it', async () => {
    const { lost, join } = setUp();
    await join([0]);
    await join([0]);
    expect(lost).toEqual([]);
    await join([0], true);
    expect(lost).toEqual([[at(0)]]);
  });

  it('begins again with a partition that was lost and came back', async () => {
    const { ownership, committed, given, join } = setUp();
    await join([0]);
    ownership.intake(at(0))?.offer([record(0, 7)]);
    await join([]);
    committed.set(0, { offset: 7n, metadata: '' });
    await join([0]);
    ownership.intake(at(0))?.offer([record(0, 7)]);
    expect(given).toHaveLength(2);
    given[0]?.done();
    expect(ownership.intake(at(0))?.open()).toBe(1);
  });

  it('begins again with all it had once it is another member, for others may have finished it', async () => {
    const { ownership, committed, given, lost, clock, join } = setUp();
    await join([0, 1, 2]);
    const dropped = [0, 1].map((partition) => ownership.intake(at(partition)));
    dropped[0]?.offer([7, 8, 9].map((offset) => record(0, offset)));
    dropped[1]?.offer([record(1, 7)]);
    committed.set(0, { offset: 8n, metadata: encodeDoneRuns(8n, [{ from: 1, length: 1 }]) });
    ownership.joined([at(0), at(1)], { memberId: 'another member', generationId: 2 }, true);
    // At once: no record was handed over again.
    expect(lost).toEqual([[at(0), at(1), at(2)]]);
    expect(ownership.intakes()).toEqual([]);
    await clock.advance(0);
    for (const delivered of given) delivered.done();
    const commits = [...dropped, ...ownership.intakes()].map((intake) => intake?.pendingCommit());
    expect(commits).toEqual([undefined, undefined, undefined, undefined]);
    expect([0, 1].map((partition) => ownership.intake(at(partition))?.next())).toEqual([8n, 7n]);
    given.length = 0;
    ownership.intake(at(0))?.offer([8, 9, 10].map((offset) => record(0, offset)));
    ownership.intake(at(1))?.offer([record(1, 7)]);
    expect(given.map((delivered) => [delivered.record.partition, delivered.record.offset])).toEqual([
      [0, 8n],
      [0, 10n],
      [1, 7n],
    ]);
  });

  it('resumes a partition that was full in the former generation', async () => {
    const { ownership, given, calls, join } = setUp();
    await join([0]);
    ownership.intake(at(0))?.offer(Array.from({ length: 1_001 }, (_, index) => record(0, 7 + index)));
    expect(calls.at(-1)).toBe('pause 0');
    await join([0]);
    expect(calls.at(-1)).toBe('assign 0@1007');
    expect(ownership.intake(at(0))?.holding()).toBe(false);
    for (const delivered of given) delivered.done();
    ownership.intake(at(0))?.offer([record(0, 1_007)]);
    expect(given).toHaveLength(1_001);
  });

  it('begins again at another position when another log is under the name of the topic', async () => {
    const { ownership, lost, calls, given, join } = setUp();
    await join([0]);
    ownership.intake(at(0))?.offer([record(0, 7)]);
    ownership.restart({ ...at(0), offset: 0n });
    expect(lost).toEqual([[at(0)]]);
    expect(calls.slice(2)).toEqual(['seek 0@0', 'resume 0']);
    ownership.intake(at(0))?.offer([record(0, 0)]);
    expect(given.map((delivered) => delivered.record.offset)).toEqual([7n, 0n]);
  });
});
