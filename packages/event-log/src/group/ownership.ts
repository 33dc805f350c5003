import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import { type ReadCluster, reconnect } from '../kafkajs/cluster/read-cluster.ts';
import { rootFailure } from '../kafkajs/errors/failure.ts';
import type { ConsumerOptions, Position, TopicPartition } from '../log.ts';
import type { LogLogger } from '../logger.ts';
import { keyOf } from '../partition-key.ts';
import { type GroupPosition, groupPositions } from './group-positions.ts';
import { createPartitionIntake, type PartitionIntake } from './partition-intake.ts';

/** What the owner of partitions does to their fetching. None of it fails while there is no group to fetch for. */
export interface FetchControl {
  pause(partition: TopicPartition): void;
  resume(partition: TopicPartition): void;
  seek(position: Position): void;
  resumeAll(): void;
}

/** The partitions this member has in the present generation of the group. */
export interface Ownership {
  /**
   * A new generation: what was lost is dropped, the rest begins anew where the group stands. Under another member id all
   * that was held is lost: the group has gone on without the earlier member, and others may have finished what it held.
   */
  joined(partitions: readonly TopicPartition[], memberId: string): void;
  /** Waits for the positions of the present generation; false when it has passed meanwhile. */
  settled(): Promise<boolean>;
  /** False before the first generation is settled. */
  everSettled(): boolean;
  intake(partition: TopicPartition): PartitionIntake | undefined;
  /** Intakes of the present generation; none until it is settled. */
  intakes(): readonly PartitionIntake[];
  assigned(): readonly TopicPartition[];
  /** Ends all intakes. */
  close(): void;
}

export interface OwnershipOptions {
  readonly options: Pick<ConsumerOptions, 'groupId' | 'onRecord' | 'dueAt' | 'onLost' | 'maxOpenPerPartition' | 'maxOpenBytesPerPartition'>;
  readonly cluster: ReadCluster;
  readonly control: FetchControl;
  readonly clock: Clock;
  readonly logger: LogLogger;
}

const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 1_000;

export function createOwnership({ options, cluster, control, clock, logger }: OwnershipOptions): Ownership {
  const held = new Map<string, PartitionIntake>();
  let owned: readonly TopicPartition[] = [];
  let member: string | undefined;
  let generation = 0;
  let settledGeneration = 0;
  let settling: Promise<void> = Promise.resolve();
  let closed = false;

  function joined(partitions: readonly TopicPartition[], memberId: string): void {
    generation += 1;
    owned = partitions;
    const kept = new Set(memberId === member ? partitions.map(keyOf) : []);
    member = memberId;
    drop([...held.values()].filter((intake) => !kept.has(keyOf(intake))));
    for (const intake of held.values()) intake.rejoin(undefined, []);
    control.resumeAll();
    settling = settle(generation);
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
        const positions = await groupPositions(cluster, options.groupId, owned);
        if (!current()) return;
        for (const position of positions.values()) adopt(position);
        settledGeneration = mine;
        return;
      } catch (error) {
        const failure = rootFailure(error);
        logger.debug({ error: failure.message, groupId: options.groupId }, 'the positions of the group are not known yet');
        await delay(retryMs);
        await reconnect(cluster).catch(() => undefined);
      }
    }
  }

  function adopt(position: GroupPosition): void {
    const { topic, partition, offset, committed, doneRuns } = position;
    const retained = held.get(keyOf(position));
    if (retained === undefined) {
      held.set(keyOf(position), createIntake(position));
      return;
    }
    retained.rejoin(committed ? offset : undefined, doneRuns);
    // kafkajs begins anew at the committed offset; what lies between was handed over before.
    if (retained.next() > offset) control.seek({ topic, partition, offset: retained.next() });
  }

  function createIntake({ topic, partition, offset, doneRuns }: GroupPosition): PartitionIntake {
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
      pause: () => control.pause({ topic, partition }),
      resume: () => control.resume({ topic, partition }),
    });
  }

  const isSettled = (): boolean => generation > 0 && settledGeneration === generation;

  return {
    joined,
    async settled() {
      const mine = generation;
      await settling;
      return mine === generation && isSettled();
    },
    everSettled: () => settledGeneration > 0,
    intake: (partition) => (isSettled() ? held.get(keyOf(partition)) : undefined),
    intakes: () => (isSettled() ? [...held.values()] : []),
    assigned: () => owned,
    close() {
      closed = true;
      for (const intake of held.values()) intake.close();
    },
  };
}
