import type { Clock } from '../clock.ts';
import type { ConsumerOptions, Position, TopicPartition } from '../log.ts';
import { keyOf } from '../partition-key.ts';
import type { GroupMember } from '../wire/group-member.ts';
import type { GroupPosition } from './group-positions.ts';
import type { GroupReading } from './group-reading.ts';
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
  readonly reading: Pick<GroupReading, 'assign' | 'seek' | 'pause' | 'resume' | 'positions'>;
  readonly clock: Clock;
}

export function createOwnership({ options, reading, clock }: OwnershipOptions): Ownership {
  const held = new Map<string, PartitionIntake>();
  let owned: readonly TopicPartition[] = [];
  let member: GroupMember | undefined;
  let state: 'new' | 'settling' | 'settled' | 'closed' = 'new';
  let everSettled = false;

  function joined(partitions: readonly TopicPartition[], next: GroupMember): void {
    if (state === 'closed') return;
    state = 'settling';
    owned = partitions;
    const kept = new Set(next.memberId === member?.memberId ? partitions.map(keyOf) : []);
    member = next;
    drop([...held.values()].filter((intake) => !kept.has(keyOf(intake))));
    reading.assign([]);
    void settle();
  }

  function drop(lost: readonly PartitionIntake[]): void {
    for (const intake of lost) {
      intake.close();
      held.delete(keyOf(intake));
    }
    if (lost.length > 0) options.onLost?.(lost.map(({ topic, partition }) => ({ topic, partition })));
  }

  async function settle(): Promise<void> {
    const positions = await reading.positions(owned);
    if (positions === undefined || state !== 'settling') return;
    for (const position of positions.values()) adopt(position);
    state = 'settled';
    everSettled = true;
    reading.assign([...held.values()].map(positionOf));
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
      pause: () => reading.pause({ topic, partition }),
      resume: () => reading.resume({ topic, partition }),
    });
  }

  return {
    joined,
    everSettled: () => everSettled,
    intake: (partition) => (state === 'settled' ? held.get(keyOf(partition)) : undefined),
    intakes: () => (state === 'settled' ? [...held.values()] : []),
    member: () => member,
    assigned: () => owned,
    restart(position) {
      const former = held.get(keyOf(position));
      if (former === undefined || state !== 'settled') return;
      drop([former]);
      held.set(keyOf(position), createIntake({ ...position, doneRuns: [] }));
      reading.seek(position);
      reading.resume(position);
    },
    close() {
      state = 'closed';
      reading.assign([]);
      for (const intake of held.values()) intake.close();
    },
  };
}

export function positionOf({ topic, partition, next }: PartitionIntake): Position {
  return { topic, partition, offset: next() };
}
