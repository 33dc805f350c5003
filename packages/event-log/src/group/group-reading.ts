import type { Clock } from '../clock.ts';
import { createFetcher as createRealFetcher, type FetchedPartition, type Fetcher } from '../fetch/fetcher.ts';
import type { KafkaClient } from '../kafkajs/client/client.ts';
import { disconnectWithin } from '../kafkajs/cluster/disconnect-within.ts';
import { connectTo, openReadCluster } from '../kafkajs/cluster/read-cluster.ts';
import { renewAllConnections, renewConnections } from '../kafkajs/cluster/renew-connections.ts';
import type { Position, TopicPartition } from '../log.ts';
import { openGroupCluster } from '../member/group-cluster.ts';
import { startMember } from '../member/member.ts';
import type { Member, MemberOptions } from '../member/member-options.ts';
import { keyOf } from '../partition-key.ts';
import { fatalFailure } from '../reader/fatal-failure.ts';
import { findOffsetRange, type OffsetRange } from '../reader/offset-range.ts';
import { knownOffsetsOf } from '../reader/start-positions.ts';
import { pause } from '../retry.ts';
import type { FetchLimits } from '../wire/fetch.ts';
import { type GroupPosition, groupPositions } from './group-positions.ts';

type OfMember = 'groupId' | 'topics' | 'protocol' | 'instanceId' | 'sessionTimeoutMs' | 'rebalanceTimeoutMs';

export interface GroupReadingOptions extends Pick<MemberOptions, OfMember | 'owned' | 'onAssigned'> {
  readonly client: KafkaClient;
  /** More topics that must exist. */
  readonly otherTopics?: readonly string[];
  readonly limits: FetchLimits;
  /** Returns the offset from which reading continues. */
  readonly onFetched: (fetched: FetchedPartition) => bigint;
  /** The partition does not have the position. It is not read before the owner seeks another one. */
  readonly onOutOfRange: (position: Position, range: OffsetRange) => void;
  /** The group refuses the member, or fetching fails permanently. */
  readonly onFatal: (error: Error) => void;
  readonly clock: Clock;
  readonly createFetcher?: typeof createRealFetcher;
}

/** A member of a group, and the reading of the partitions that its owner asks for. */
export interface GroupReading extends Pick<Fetcher, 'assign' | 'seek' | 'pause' | 'resume'> {
  readonly member: Pick<Member, 'mayOwn' | 'rejoin' | 'commit'>;
  /** False while the group does not have the member (`Member.alive`), and when `positions` has tried for 60 s. */
  healthy(): boolean;
  /**
   * Where the group is in the partitions, by `keyOf`: called for those where it is known, until that is all of them or there is
   * another assignment. To be called for each assignment.
   */
  positions(partitions: readonly TopicPartition[], onFound: (positions: ReadonlyMap<string, GroupPosition>) => void): Promise<void>;
  /** Last stable offsets of the partitions whose leaders respond, by `keyOf`. */
  ends(partitions: readonly TopicPartition[]): Promise<ReadonlyMap<string, Position>>;
  /** Reads over new connections; the owner has to assign the partitions again. */
  restart(): void;
  stop(): Promise<void>;
}

const PAUSES_MS = [50, 100, 200, 500, 1_000];
/** About 2 s. */
const ATTEMPTS_UNTIL_WARNING = 5;
const LONGEST_BEGIN_MS = 60_000;
const LONGEST_DISCONNECT_MS = 1_000;

/** Resolves when joining has begun; ERR_LOG_UNKNOWN_TOPIC when one of the topics does not exist. */
export async function openGroupReading(options: GroupReadingOptions): Promise<GroupReading> {
  const { client, groupId, topics, otherTopics = [], clock, createFetcher = createRealFetcher } = options;
  const { logger } = client;
  const cluster = openReadCluster(client);
  try {
    await connectTo(cluster, [...topics, ...otherTopics]);
    // An error of one of them later must not hide the leaders of the others.
    for (const topic of otherTopics) cluster.targetTopics.delete(topic);
  } catch (error) {
    await cluster.disconnect();
    throw error;
  }
  /** Counts assignments: what was begun for an earlier one is void. */
  let round = 0;
  let stopped = false;
  /** Since when there have been partitions with unknown positions. */
  let unknownSince: number | undefined;
  let fetcher = openFetcher();
  const member = startMember({
    ...options,
    cluster: openGroupCluster(client, options.sessionTimeoutMs),
    onAssigned(partitions, joined, missed) {
      if (stopped) return;
      round += 1;
      options.onAssigned(partitions, joined, missed);
    },
    logger,
  });

  function openFetcher(): Fetcher {
    const { limits, onFetched } = options;
    return createFetcher({ cluster, ...limits, onFetched, onOutOfRange: (position) => void lookUp(position), onFailing, clock, logger });
  }

  function onFailing(error: unknown, failingForMs: number): void {
    const fatal = fatalFailure(error, failingForMs, topics);
    if (fatal !== undefined && !stopped) options.onFatal(fatal);
  }

  /** Whether no other assignment has come since. */
  function whileAssigned(): () => boolean {
    const mine = round;
    return () => mine === round && !stopped;
  }

  async function lookUp(position: Position): Promise<void> {
    const range = await findOffsetRange(position, { cluster, current: whileAssigned(), onFailing, clock, logger });
    if (range !== undefined) options.onOutOfRange(position, range);
  }

  return {
    member,
    assign: (positions) => fetcher.assign(positions),
    seek: (position) => fetcher.seek(position),
    pause: (partition) => fetcher.pause(partition),
    resume: (partition) => fetcher.resume(partition),
    healthy: () => member.alive() && (unknownSince === undefined || clock.monotonic() - unknownSince < LONGEST_BEGIN_MS),
    async positions(partitions, onFound) {
      const current = whileAssigned();
      let missing = partitions;
      unknownSince ??= clock.monotonic();
      for (let attempt = 0; current(); attempt += 1) {
        try {
          const found = await groupPositions(cluster, member, missing);
          if (!current()) return;
          missing = missing.filter((partition) => !found.has(keyOf(partition)));
          onFound(found);
          if (missing.length > 0) throw new Error(`no offsets of ${missing.map(keyOf).join(', ')}`);
          unknownSince = undefined;
          return;
        } catch (error) {
          logger[attempt === ATTEMPTS_UNTIL_WARNING ? 'warn' : 'debug'](
            { err: error, groupId },
            'The offsets of the group are not known yet',
          );
          renewConnections(cluster, error);
          await pause(PAUSES_MS[Math.min(attempt, PAUSES_MS.length - 1)] as number, clock);
          if (!current()) return;
          await cluster.refreshMetadata().catch(() => undefined);
        }
      }
    },
    async ends(partitions) {
      await cluster.refreshMetadata().catch((error) => renewConnections(cluster, error));
      return await knownOffsetsOf(cluster, partitions, { fromBeginning: false });
    },
    restart() {
      void fetcher.stop();
      renewAllConnections(cluster).catch(() => undefined);
      fetcher = openFetcher();
    },
    async stop() {
      stopped = true;
      await Promise.all([fetcher.stop(), member.stop()]);
      await disconnectWithin(cluster, LONGEST_DISCONNECT_MS, clock);
    },
  };
}
