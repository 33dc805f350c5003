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
   * A new generation: what was lost is dropped, and each partition is read from when the position of the group in it is known. All is
   * lost if the member has missed a generation: the group has continued without it, and others may have finished what it had.
   */
  joined(partitions: readonly TopicPartition[], member: GroupMember, missed: boolean): void;
  /** False before the first position was known. */
  everSettled(): boolean;
  /** Of a partition that is read. */
  intake(partition: TopicPartition): PartitionIntake | undefined;
  /** Of all partitions that are read or were kept from the last generation. */
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
  const byPartition = new Map<string, PartitionIntake>();
  let owned: readonly TopicPartition[] = [];
  let member: GroupMember | undefined;
  /** Intakes whose position in this generation is known. */
  const settled = new Set<PartitionIntake>();
  let everSettled = false;
  let closed = false;

  function joined(partitions: readonly TopicPartition[], next: GroupMember, missed: boolean): void {
    if (closed) return;
    owned = partitions;
    const kept = new Set(missed ? [] : partitions.map(keyOf));
    member = next;
    settled.clear();
    drop([...byPartition.values()].filter((intake) => !kept.has(keyOf(intake))));
    reading.assign([]);
    void reading.positions(owned, settle);
  }

  function drop(lost: readonly PartitionIntake[]): void {
    for (const intake of lost) {
      intake.close();
      settled.delete(intake);
      byPartition.delete(keyOf(intake));
    }
    if (lost.length > 0) options.onLost?.(lost.map(({ topic, partition }) => ({ topic, partition })));
  }

  function settle(positions: ReadonlyMap<string, GroupPosition>): void {
    if (closed) return;
    if (positions.size === 0 && owned.length > 0) return;
    for (const position of positions.values()) adopt(position);
    everSettled = true;
    reading.assign([...settled].map(positionOf));
    for (const intake of settled) if (intake.holding()) reading.pause(intake);
  }

  function adopt(position: GroupPosition): void {
    const { offset, committed, doneRuns } = position;
    const retained = byPartition.get(keyOf(position));
    if (retained === undefined) begin(position);
    else {
      retained.rejoin(committed ? offset : undefined, doneRuns);
      settled.add(retained);
    }
  }

  function begin(position: Omit<GroupPosition, 'committed'>): void {
    const intake = createIntake(position);
    byPartition.set(keyOf(position), intake);
    settled.add(intake);
  }

  function settledIntake(partition: TopicPartition): PartitionIntake | undefined {
    const intake = byPartition.get(keyOf(partition));
    return intake !== undefined && settled.has(intake) ? intake : undefined;
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
    intake: settledIntake,
    intakes: () => [...byPartition.values()],
    member: () => member,
    assigned: () => owned,
    restart(position) {
      const former = settledIntake(position);
      if (former === undefined) return;
      drop([former]);
      begin({ ...position, doneRuns: [] });
      reading.seek(position);
      reading.resume(position);
    },
    close() {
      closed = true;
      reading.assign([]);
      for (const intake of byPartition.values()) intake.close();
      byPartition.clear();
    },
  };
}

export function positionOf({ topic, partition, next }: PartitionIntake): Position {
  return { topic, partition, offset: next() };
}
