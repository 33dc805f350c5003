import type { Clock } from '../clock.ts';
import { createFetcher as createRealFetcher, type FetchedPartition, type Fetcher } from '../fetch/fetcher.ts';
import { groupPositions } from '../group/group-positions.ts';
import type { KafkaClient } from '../kafkajs/client/client.ts';
import { disconnectWithin } from '../kafkajs/cluster/disconnect-within.ts';
import { connectTo, openReadCluster, type ReadCluster } from '../kafkajs/cluster/read-cluster.ts';
import { renewAllConnections, renewConnections } from '../kafkajs/cluster/renew-connections.ts';
import type { Position, TopicPartition } from '../log.ts';
import { openGroupCluster } from '../member/group-cluster.ts';
import { startMember } from '../member/member.ts';
import { findOffsetRange, type OffsetRange } from '../reader/offset-range.ts';
import { pause as wait } from '../retry.ts';
import type { GroupMember } from '../wire/group-member.ts';

/** An owned partition, as far as reading needs it. */
export interface ReadPartition {
  /** Where reading continues; undefined before it has begun. */
  readTo(): bigint | undefined;
  /** No records are to be read for now. */
  paused(): boolean;
  /** Reading begins at this offset of the group. */
  begin(offset: bigint): void;
  /** Reading was outside of the offsets that the log has; `readTo` is among them afterwards. */
  outOfRange(range: OffsetRange): void;
}

export interface GroupConsumer {
  pause(partition: TopicPartition): void;
  resume(partition: TopicPartition): void;
  seek(position: Position): void;
  /** False before the first assignment, and when the group has not been heard of for longer than any rebalance. */
  alive(): boolean;
  /** The group refused the member: joins again, which ends in an assignment. */
  rejoin(member: GroupMember): void;
  /** Reads the partitions over new connections. */
  restartReading(reason: string): void;
  stop(): Promise<void>;
}

export interface GroupConsumerOptions {
  readonly client: KafkaClient;
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly instanceId: string | undefined;
  /** Tells where the log begins and ends. */
  readonly cluster: ReadCluster;
  /** The partitions owned from now on; `partition` has each of them afterwards. */
  readonly onAssigned: (partitions: readonly TopicPartition[], member: GroupMember) => void;
  readonly partition: (partition: TopicPartition) => ReadPartition | undefined;
  /** Partition numbers that this member has, to be kept by it where the shares of the members allow. */
  readonly owned: () => readonly number[];
  /** Returns the offset from which reading continues. */
  readonly onFetched: (fetched: FetchedPartition) => bigint;
  readonly onFatal: (error: unknown) => void;
  readonly clock: Clock;
  readonly createFetcher?: typeof createRealFetcher;
}

const SESSION_TIMEOUT_MS = 9_000;
const REBALANCE_TIMEOUT_MS = 20_000;
const FETCH_LIMITS = { maxWaitMs: 200, maxBytes: 10_485_760, maxBytesPerPartition: 1_048_576 };
/**
 * Members that commit under a transactional id for each partition offer another protocol: a broker keeps these out while one of
 * those lives, and the other way round, since neither kind fences the other.
 */
const PROTOCOL = 'switchboard-processor';
const PAUSES_MS = [50, 100, 200, 500, 1_000];
const LONGEST_DISCONNECT_MS = 1_000;

/** Joins the group, and reads the partitions that it is given, each from where the group or the process is. */
export async function startGroupConsumer(options: GroupConsumerOptions): Promise<GroupConsumer> {
  const { client, groupId, topics, cluster, clock, createFetcher = createRealFetcher } = options;
  const { logger } = client;
  const fetching = openReadCluster(client);
  try {
    await connectTo(fetching, topics);
  } catch (error) {
    await fetching.disconnect();
    throw error;
  }
  let owned: readonly TopicPartition[] = [];
  /** Counts assignments: what was begun for an earlier one is void. */
  let round = 0;
  let stopped = false;
  let fetcher = openFetcher();

  function openFetcher(): Fetcher {
    return createFetcher({
      cluster: fetching,
      ...FETCH_LIMITS,
      onFetched: options.onFetched,
      onOutOfRange: (position) => void reposition(position),
      clock,
      logger,
    });
  }

  const member = startMember({
    cluster: openGroupCluster(client, SESSION_TIMEOUT_MS),
    groupId,
    topics,
    protocol: PROTOCOL,
    instanceId: options.instanceId,
    sessionTimeoutMs: SESSION_TIMEOUT_MS,
    rebalanceTimeoutMs: REBALANCE_TIMEOUT_MS,
    owned: options.owned,
    onAssigned(partitions, joined) {
      if (stopped) return;
      round += 1;
      owned = partitions;
      options.onAssigned(partitions, joined);
      // Those that this process keeps are read on at once.
      read();
      void begin();
    },
    onFatal: options.onFatal,
    clock,
    logger,
  });

  /** Reads the partitions that have begun. */
  function read(): void {
    const begun = owned.flatMap((partition) => {
      const state = options.partition(partition);
      const offset = state?.readTo();
      return state === undefined || offset === undefined ? [] : [{ state, position: { ...partition, offset } }];
    });
    fetcher.assign(begun.map(({ position }) => position));
    for (const { state, position } of begun) if (state.paused()) fetcher.pause(position);
  }

  /** Begins with the others where the group is. */
  async function begin(): Promise<void> {
    const mine = round;
    for (let attempt = 0; mine === round && !stopped; attempt += 1) {
      const fresh = owned.filter((partition) => options.partition(partition)?.readTo() === undefined);
      if (fresh.length === 0 && attempt === 0) return;
      try {
        const positions = await groupPositions(cluster, member, fresh);
        if (mine !== round || stopped) return;
        for (const position of positions.values()) options.partition(position)?.begin(position.offset);
        read();
        return;
      } catch (error) {
        logger.debug({ err: error, groupId }, 'The positions of the group are not known yet');
        renewConnections(cluster, error);
        await wait(PAUSES_MS[Math.min(attempt, PAUSES_MS.length - 1)] as number, clock);
        await cluster.refreshMetadata().catch(() => undefined);
      }
    }
  }

  async function reposition(position: Position): Promise<void> {
    const mine = round;
    const current = (): boolean => mine === round && !stopped;
    const range = await findOffsetRange(position, { cluster, current, clock, logger });
    const partition = options.partition(position);
    if (range === undefined || partition === undefined) return;
    partition.outOfRange(range);
    fetcher.seek({ ...position, offset: partition.readTo() ?? range.start });
  }

  return {
    pause: (partition) => fetcher.pause(partition),
    resume: (partition) => fetcher.resume(partition),
    seek: (position) => fetcher.seek(position),
    alive: () => member.alive(),
    rejoin: (refused) => member.rejoin(refused),
    restartReading(reason) {
      logger.warn({ groupId, reason }, 'Reading restarted');
      void fetcher.stop();
      void renewAllConnections(fetching).catch(() => undefined);
      fetcher = openFetcher();
      read();
    },
    async stop() {
      stopped = true;
      await Promise.all([fetcher.stop(), member.stop()]);
      await disconnectWithin(fetching, LONGEST_DISCONNECT_MS, clock);
    },
  };
}
