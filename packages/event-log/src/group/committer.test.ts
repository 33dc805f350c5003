import { describe, expect, it } from 'vitest';
import { silentLogger } from '../logger.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { decodeDoneRuns } from './commit-metadata.ts';
import { type PositionToCommit, startCommitter } from './committer.ts';
import { createPartitionIntake, type PartitionIntake } from './partition-intake.ts';

function setUp() {
  const clock = createManualClock();
  const done: (() => void)[] = [];
  const intake = createPartitionIntake({
    topic: 't',
    partition: 3,
    start: 10n,
    doneRuns: [],
    dueAt: undefined,
    maxOpen: 100,
    clock,
    onRecord: (delivered) => void done.push(() => delivered.done()),
    pause: () => undefined,
    resume: () => undefined,
  });
  intake.offer(
    Array.from({ length: 5 }, (_, index) => ({
      topic: 't',
      partition: 3,
      offset: 10n + BigInt(index),
      timestamp: 0,
      key: null,
      value: null,
      headers: [],
    })),
  );
  const sent: (readonly PositionToCommit[])[] = [];
  const world: { owned: PartitionIntake[]; answer: (positions: readonly PositionToCommit[]) => Promise<void> } = {
    owned: [intake],
    answer: async () => undefined,
  };
  const committer = startCommitter({
    owned: () => world.owned,
    send: (positions) => {
      sent.push(positions);
      return world.answer(positions);
    },
    clock,
    logger: silentLogger,
  });
  const finish = (offset: number): void => done[offset - 10]?.();
  return { clock, sent, world, committer, finish };
}

const only = (positions: readonly PositionToCommit[] | undefined) => positions?.[0];

describe('committer', () => {
  it('commits the low-water mark with the gaps, and nothing while nothing changes', async () => {
    const { clock, sent, finish } = setUp();
    await clock.advance(1_000);
    expect(sent).toEqual([]);
    finish(10);
    finish(12);
    await clock.advance(250);
    expect(sent).toHaveLength(1);
    expect(only(sent[0])).toMatchObject({ partition: 3, offset: 11n });
    expect(decodeDoneRuns({ offset: 11n, metadata: only(sent[0])?.metadata ?? '' })).toEqual([{ from: 1, length: 1 }]);
    await clock.advance(1_000);
    expect(sent).toHaveLength(1);
  });

  it('says after a failed commit what holds then, and not the same again', async () => {
    const { clock, sent, world, finish } = setUp();
    world.answer = () => Promise.reject(Object.assign(new Error('old generation'), { type: 'ILLEGAL_GENERATION' }));
    finish(10);
    await clock.advance(250);
    finish(11);
    world.answer = async () => undefined;
    await clock.advance(250);
    expect(sent.map((offsets) => only(offsets)?.offset)).toEqual([11n, 12n]);
  });

  it('commits nothing of a partition that is no longer owned', async () => {
    const { clock, sent, world, finish } = setUp();
    finish(10);
    world.owned = [];
    await clock.advance(1_000);
    expect(sent).toEqual([]);
  });

  it('waits for a commit under way before the next', async () => {
    const { clock, sent, world, finish } = setUp();
    const { promise, resolve: answer } = Promise.withResolvers<void>();
    world.answer = () => promise;
    finish(10);
    await clock.advance(250);
    finish(11);
    await clock.advance(5_000);
    expect(sent).toHaveLength(1);
    answer();
    await clock.advance(250);
    expect(sent).toHaveLength(2);
  });

  it('commits a last time when stopped', async () => {
    const { clock, sent, committer, finish } = setUp();
    finish(10);
    await committer.stop();
    expect(sent.map((offsets) => only(offsets)?.offset)).toEqual([11n]);
    finish(11);
    await clock.advance(1_000);
    expect(sent).toHaveLength(1);
  });
});
