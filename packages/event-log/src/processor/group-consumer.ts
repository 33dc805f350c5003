import { type GroupReading, type GroupReadingOptions, openGroupReading } from '../group/group-reading.ts';
import { startWatchdog, type WatchdogOptions } from '../group/watchdog.ts';
import type { Position, TopicPartition } from '../log.ts';
import { keyOf } from '../partition-key.ts';
import type { OffsetRange } from '../reader/offset-range.ts';
import type { GroupMember } from '../wire/group-member.ts';

/** An owned partition, as far as reading needs it. */
export interface ReadPartition extends TopicPartition {
  /** Where reading continues; undefined before it has begun. */
  readTo(): bigint | undefined;
  /** No records are to be read for now. */
  paused(): boolean;
  /** Has records that are not committed. */
  busy(): boolean;
  /** Reading begins at this offset of the group. */
  begin(offset: bigint): void;
  /** Reading was outside of the offsets that the log has; `readTo` is among them afterwards. */
  outOfRange(range: OffsetRange): void;
}

export interface GroupConsumer extends Pick<GroupReading, 'seek' | 'pause' | 'resume' | 'stop'> {
  /** False while the group does not have the member, and when a partition has not begun for 60 s. */
  healthy(): boolean;
  /** The group refused the member: joins again, which ends in an assignment. */
  rejoin(member: GroupMember): void;
}

type OfReading = 'client' | 'groupId' | 'topics' | 'otherTopics' | 'instanceId' | 'onFetched' | 'onFatal' | 'clock' | 'createFetcher';

export interface GroupConsumerOptions extends Pick<GroupReadingOptions, OfReading> {
  /** The partitions owned from now on; `partitions` are these afterwards. */
  readonly onAssigned: (partitions: readonly TopicPartition[], member: GroupMember) => void;
  readonly partitions: () => readonly ReadPartition[];
  readonly watchdog?: Pick<WatchdogOptions, 'intervalMs' | 'patienceMs'> | undefined;
}

const SETTINGS = {
  /**
   * Members that commit under a transactional id for each partition offer another protocol: a broker keeps these out while one of
   * those lives, and the other way round, since neither kind fences the other.
   */
  protocol: 'switchboard-processor',
  sessionTimeoutMs: 9_000,
  rebalanceTimeoutMs: 20_000,
  limits: { maxWaitMs: 200, maxBytes: 10_485_760, maxBytesPerPartition: 1_048_576 },
};

/** Joins the group, and reads the partitions that it is given, each from where the group or the process is. */
export async function startGroupConsumer(options: GroupConsumerOptions): Promise<GroupConsumer> {
  const { client, groupId, partitions, clock } = options;
  const reading = await openGroupReading({
    ...options,
    ...SETTINGS,
    owned: () => [...new Set(partitions().map(({ partition }) => partition))],
    onAssigned(assigned, member) {
      options.onAssigned(assigned, member);
      // Those that this process keeps are read on at once.
      read();
      void begin();
    },
    onOutOfRange({ topic, partition }, range) {
      const found = partitions().find((each) => each.topic === topic && each.partition === partition);
      found?.outOfRange(range);
      reading.seek({ topic, partition, offset: found?.readTo() ?? range.start });
    },
  });

  /** Reads the partitions that have begun. */
  function read(): void {
    reading.assign(positionsOf(partitions()));
    for (const partition of partitions()) if (partition.paused()) reading.pause(partition);
  }

  /** Begins with the others where the group is. */
  async function begin(): Promise<void> {
    const fresh = partitions().filter((partition) => partition.readTo() === undefined);
    await reading.positions(fresh, (positions) => {
      if (positions.size === 0) return;
      for (const partition of fresh) {
        const position = positions.get(keyOf(partition));
        if (position !== undefined) partition.begin(position.offset);
      }
      read();
    });
  }

  const stopWatchdog = startWatchdog({
    moving: () => positionsOf(partitions().filter((partition) => !partition.busy())),
    ends: reading.ends,
    onStuck(error) {
      client.logger.warn({ err: error, code: error.code, groupId }, 'Reading restarted');
      reading.restart();
      read();
    },
    clock,
    logger: client.logger,
    ...options.watchdog,
  });

  return {
    pause: reading.pause,
    resume: reading.resume,
    seek: reading.seek,
    healthy: reading.healthy,
    rejoin: (refused) => reading.member.rejoin(refused),
    async stop() {
      stopWatchdog();
      await reading.stop();
    },
  };
}

/** Where the partitions are read on that have begun. */
function positionsOf(partitions: readonly ReadPartition[]): readonly Position[] {
  return partitions.flatMap((each) => {
    const offset = each.readTo();
    return offset === undefined ? [] : [{ topic: each.topic, partition: each.partition, offset }];
  });
}
