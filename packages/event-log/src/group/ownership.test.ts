import { describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import type { GroupCoordinator, ReadCluster } from '../kafkajs/cluster/read-cluster.ts';
import type { Delivered, LogRecord, TopicPartition } from '../log.ts';
import { silentLogger } from '../logger.ts';
import { encodeDoneRuns } from './commit-metadata.ts';
import { createOwnership } from './ownership.ts';

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
  const committed = new Map<number, { offset: string; metadata: string | null }>();
  const world = { failures: 0, reads: 0 };
  const coordinator: GroupCoordinator = {
    async offsetFetch({ topics }) {
      world.reads += 1;
      if (world.failures > 0) {
        world.failures -= 1;
        throw new Error('not the coordinator');
      }
      return {
        responses: topics.map(({ topic, partitions }) => ({
          topic,
          partitions: partitions.map(({ partition }) => ({ partition, ...(committed.get(partition) ?? { offset: '-1', metadata: null }) })),
        })),
      };
    },
  };
  const cluster = {
    findGroupCoordinator: async () => coordinator,
    findTopicPartitionMetadata: () => [0, 1, 2, 3].map((partitionId) => ({ partitionId, leader: 1, partitionErrorCode: 0 })),
    fetchTopicsOffset: async () => [{ topic: 't', partitions: [0, 1, 2, 3].map((partition) => ({ partition, offset: '7' })) }],
    connect: async () => undefined,
    disconnect: async () => undefined,
    refreshMetadata: async () => undefined,
  } as unknown as ReadCluster;
  const calls: string[] = [];
  const given: Delivered[] = [];
  const lost: (readonly TopicPartition[])[] = [];
  const ownership = createOwnership({
    cluster,
    clock: systemClock,
    logger: silentLogger,
    options: { groupId: 'g', onRecord: (delivered) => void given.push(delivered), onLost: (partitions) => void lost.push(partitions) },
    control: {
      pause: ({ partition }) => void calls.push(`pause ${partition}`),
      resume: ({ partition }) => void calls.push(`resume ${partition}`),
      seek: ({ partition, offset }) => void calls.push(`seek ${partition} to ${offset}`),
      resumeAll: () => void calls.push('resume all'),
    },
  });
  return { ownership, committed, world, calls, given, lost };
}

describe('ownership', () => {
  it('begins where the group stands, else where the log begins', async () => {
    const { ownership, committed } = setUp();
    committed.set(0, { offset: '20', metadata: encodeDoneRuns([{ from: 2, length: 3 }]) });
    expect(ownership.everSettled()).toBe(false);
    ownership.joined([at(0), at(1)], 'member');
    expect(ownership.intakes()).toEqual([]);
    expect(await ownership.settled()).toBe(true);
    expect(ownership.intake(at(0))?.next()).toBe(20n);
    expect(ownership.intake(at(1))?.next()).toBe(7n);
    expect(ownership.intake(at(2))).toBeUndefined();
    expect(ownership.assigned()).toEqual([at(0), at(1)]);
  });

  it('skips what the metadata names as done', async () => {
    const { ownership, committed, given } = setUp();
    committed.set(0, { offset: '20', metadata: encodeDoneRuns([{ from: 1, length: 2 }]) });
    ownership.joined([at(0)], 'member');
    await ownership.settled();
    ownership.intake(at(0))?.offer([20, 21, 22, 23].map((offset) => record(0, offset)));
    expect(given.map((delivered) => delivered.record.offset)).toEqual([20n, 23n]);
  });

  it('drops lost partitions: it names them, and their work is not committed any more', async () => {
    const { ownership, given, lost } = setUp();
    ownership.joined([at(0), at(1)], 'member');
    await ownership.settled();
    const dropped = ownership.intake(at(1));
    dropped?.offer([record(1, 7)]);
    ownership.joined([at(0)], 'member');
    await ownership.settled();
    expect(lost).toEqual([[at(1)]]);
    given[0]?.done();
    expect(dropped?.pendingCommit()).toBeUndefined();
    expect(ownership.intakes().map(({ partition }) => partition)).toEqual([0]);
  });

  it('keeps what a retained partition has open, and goes on behind it', async () => {
    const { ownership, given, calls } = setUp();
    ownership.joined([at(0)], 'member');
    await ownership.settled();
    ownership.intake(at(0))?.offer([record(0, 7), record(0, 8)]);
    ownership.joined([at(0), at(1)], 'member');
    await ownership.settled();
    expect(calls).toEqual(['resume all', 'resume all', 'seek 0 to 9']);
    ownership.intake(at(0))?.offer([record(0, 7), record(0, 8), record(0, 9)]);
    expect(given.map((delivered) => delivered.record.offset)).toEqual([7n, 8n, 9n]);
    for (const delivered of given) delivered.done();
    expect(ownership.intake(at(0))?.pendingCommit()).toMatchObject({ offset: 10n });
  });

  it('begins anew with a partition that was lost and came back', async () => {
    const { ownership, committed, given } = setUp();
    ownership.joined([at(0)], 'member');
    await ownership.settled();
    ownership.intake(at(0))?.offer([record(0, 7)]);
    ownership.joined([], 'member');
    await ownership.settled();
    committed.set(0, { offset: '7', metadata: null });
    ownership.joined([at(0)], 'member');
    await ownership.settled();
    ownership.intake(at(0))?.offer([record(0, 7)]);
    expect(given).toHaveLength(2);
    given[0]?.done();
    expect(ownership.intake(at(0))?.open()).toBe(1);
  });

  it('begins anew with all it had once it is another member, for others may have finished it meanwhile', async () => {
    const { ownership, committed, given, lost, calls } = setUp();
    ownership.joined([at(0), at(1), at(2)], 'member');
    await ownership.settled();
    const dropped = [0, 1].map((partition) => ownership.intake(at(partition)));
    dropped[0]?.offer([7, 8, 9].map((offset) => record(0, offset)));
    dropped[1]?.offer([record(1, 7)]);
    committed.set(0, { offset: '8', metadata: encodeDoneRuns([{ from: 1, length: 1 }]) });
    ownership.joined([at(0), at(1)], 'another member');
    // At once: nothing was handed over again.
    expect(lost).toEqual([[at(0), at(1), at(2)]]);
    expect(ownership.intakes()).toEqual([]);
    await ownership.settled();
    for (const delivered of given) delivered.done();
    expect([...dropped, ...ownership.intakes()].map((intake) => intake?.pendingCommit())).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect([0, 1].map((partition) => ownership.intake(at(partition))?.next())).toEqual([8n, 7n]);
    given.length = 0;
    ownership.intake(at(0))?.offer([7, 8, 9, 10].map((offset) => record(0, offset)));
    ownership.intake(at(1))?.offer([record(1, 7)]);
    expect(given.map((delivered) => [delivered.record.partition, delivered.record.offset])).toEqual([
      [0, 8n],
      [0, 10n],
      [1, 7n],
    ]);
    // kafkajs begins at the committed offsets by itself.
    expect(calls.filter((call) => call.startsWith('seek'))).toEqual([]);
  });

  it('tries again until the positions are known, and commits nothing before', async () => {
    const { ownership, world } = setUp();
    world.failures = 2;
    ownership.joined([at(0)], 'member');
    expect(await ownership.settled()).toBe(true);
    expect(world.reads).toBe(3);
  });

  it('is not settled for one who waited for a generation that has passed', async () => {
    const { ownership } = setUp();
    ownership.joined([at(0)], 'member');
    const waiting = ownership.settled();
    ownership.joined([at(1)], 'member');
    expect(await waiting).toBe(false);
    expect(await ownership.settled()).toBe(true);
    expect(ownership.intakes().map(({ partition }) => partition)).toEqual([1]);
  });
});
