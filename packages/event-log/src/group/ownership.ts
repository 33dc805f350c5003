import type { Clock } from '../clock.ts';
import type { Fetcher } from '../fetch/fetcher.ts';
import type { ReadCluster } from '../kafkajs/cluster/read-cluster.ts';
import { renewConnections } from '../kafkajs/cluster/renew-connections.ts';
import type { ConsumerOptions, Position, TopicPartition } from '../log.ts';
import type { LogLogger } from '../logger.ts';
import type { Member } from '../member/member-options.ts';
import { keyOf } from '../partition-key.ts';
import { pause } from '../retry.ts';
import type { GroupMember } from '../wire/group-member.ts';
import { type GroupPosition, groupPositions } from './group-positions.ts';
import { createPartitionIntake, type PartitionIntake } from './partition-intake.ts';

/** The partitions this member has in the present generation of the group. */
export interface Ownership {
  /**
   * A new generation: what was lost is dropped, and reading continues when the positions of the group are known. Under another
   * member id all is lost: the group has continued without the earlier member, and others may have finished what it had.
   */
  joined(partitions: readonly TopicPartition[], member: GroupMember): void;
  /** False before the first generation is settled. */
  everSettled(): boolean;
  intake(partition: TopicPartition): PartitionIntake | undefined;
  /** Intakes of the present generation; none until it is settled. */
  intakes(): readonly PartitionIntake[];
  /** The member in the generation of the intakes. */
  member(): GroupMember | undefined;
  assigned(): readonly TopicPartition[];
  /** The partition begins again at another position: another log is under the name of its topic. */
  restart(position: Position): void;
  /** Ends all intakes, and reading. */
  close(): void;
}

export interface OwnershipOptions {
  readonly options: Pick<ConsumerOptions, 'onRecord' | 'dueAt' | 'onLost' | 'maxOpenPerPartition' | 'maxOpenBytesPerPartition'>;
  /** Tells where partitions begin. */
  readonly cluster: ReadCluster;
  readonly group: Pick<Member, 'committed'>;
  /** Exactly these partitions are read from now on, none of them paused. */
  readonly assign: Fetcher['assign'];
  readonly fetcher: Pick<Fetcher, 'seek' | 'pause' | 'resume'>;
  readonly clock: Clock;
  readonly logger: LogLogger;
}

const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 1_000;

export function createOwnership({ options, cluster, group, assign, fetcher, clock, logger }: OwnershipOptions): Ownership {
  const held = new Map<string, PartitionIntake>();
  let owned: readonly TopicPartition[] = [];
  let member: GroupMember | undefined;
  let generation = 0;
  let settledGeneration = 0;
  let closed = false;

  function joined(partitions: readonly TopicPartition[], next: GroupMember): void {
    if (closed) return;
    generation += 1;
    owned = partitions;
    const kept = new Set(next.memberId === member?.memberId ? partitions.map(keyOf) : []);
    member = next;
    drop([...held.values()].filter((intake) => !kept.has(keyOf(intake))));
    assign([]);
    void settle(generation);
  }

  function drop(lost: readonly PartitionIntake[]): void {
    for (const intake of lost) {
      intake.close();
      held.delete(keyOf(intake));
    }
    if (lost.length > 0) options.onLost?.(lost.map(({ topic, partition }) => ({ topic, partition })));
  }

  async function settle(mine: number): Promise<void> {
    const current = (): boolean => mine === generation && !closed;
    for (let retryMs = FIRST_RETRY_MS; current(); retryMs = Math.min(retryMs * 2, LAST_RETRY_MS)) {
      try {
        const positions = await groupPositions(cluster, group, owned);
        if (!current()) return;
        for (const position of positions.values()) adopt(position);
        settledGeneration = mine;
        assign([...held.values()].map(positionOf));
        return;
      } catch (error) {
        logger.debug({ err: error }, 'The positions of the group are not known yet');
        renewConnections(cluster, error);
        await pause(retryMs, clock);
        await cluster.refreshMetadata().catch(() => undefined);
      }
    }
  }

  function adopt(position: GroupPosition): void {
    const { offset, committed, doneRuns } = position;
    const retained = held.get(keyOf(position));
    if (retained === undefined) held.set(keyOf(position), createIntake(position));
    else retained.rejoin(committed ? offset : undefined, doneRuns);
  }

  function createIntake({ topic, partition, offset, doneRuns }: Omit<GroupPosition, 'committed'>): PartitionIntake {
    return createPartitionIntake({
      topic,
      partition,
      start: offset,
      doneRuns,
      onRecord: options.onRecord,
      dueAt: options.dueAt,
      maxOpen: options.maxOpenPerPartition,
      maxOpenBytes: options.maxOpenBytesPerPartition,
      clock,
      pause: () => fetcher.pause({ topic, partition }),
      resume: () => fetcher.resume({ topic, partition }),
    });
  }

  const isSettled = (): boolean => generation > 0 && settledGeneration === generation;

  return {
    joined,
    everSettled: () => settledGeneration > 0,
    intake: (partition) => (isSettled() ? held.get(keyOf(partition)) : undefined),
    intakes: () => (isSettled() ? [...held.values()] : []),
    member: () => member,
    assigned: () => owned,
    restart(position) {
      const former = held.get(keyOf(position));
      if (former === undefined || closed) return;
      drop([former]);
      held.set(keyOf(position), createIntake({ ...position, doneRuns: [] }));
      fetcher.seek(position);
      fetcher.resume(position);
    },
    close() {
      closed = true;
      assign([]);
      for (const intake of held.values()) intake.close();
    },
  };
}

export function positionOf({ topic, partition, next }: PartitionIntake): Position {
  return { topic, partition, offset: next() };
}
