import type { Clock } from '../clock.ts';
import type { Cluster } from '../kafkajs/cluster/internals.ts';
import type { LogError } from '../kafkajs/errors/log-error.ts';
import type { Position, TopicPartition } from '../log.ts';
import type { LogLogger } from '../logger.ts';
import type { GroupMember } from '../wire/group-member.ts';
import type { FetchedOffset } from '../wire/offset-fetch.ts';

export interface MemberOptions {
  /** `openGroupCluster`, not connected; the member disconnects it when it stops. */
  readonly cluster: Cluster;
  readonly groupId: string;
  readonly topics: readonly string[];
  /** Name of the way in which partitions are shared out. A broker keeps members out that offer another one. */
  readonly protocol: string;
  /**
   * Name of a static member (KIP-345), of no other process in the group: it does not leave when it stops, and a process that joins
   * under the name within the session timeout continues with its partitions, without a rebalance. Empty: a dynamic member.
   */
  readonly instanceId: string | undefined;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  /** Partition numbers that this member has, to be kept by it where the shares of the members allow. */
  readonly owned: () => readonly number[];
  /**
   * Called in each generation, with the partitions that this member has in it. `missed`: others may have had them since the last call,
   * for this member was not in each generation between, or is another one.
   */
  readonly onAssigned: (partitions: readonly TopicPartition[], member: GroupMember, missed: boolean) => void;
  /** The group will never take this member: ERR_LOG_GROUP_REFUSED. */
  readonly onFatal: (error: LogError) => void;
  readonly clock: Clock;
  readonly logger: LogLogger;
}

/** A member of a consumer group until it is stopped: whatever fails is tried again. */
export interface Member {
  /**
   * True while no other member can have been given the partitions: no rebalance is known, and a heartbeat is within the session. For a
   * static member also false after a third of the session and 2 s without one: another process that joins under its name is given the partitions at once, and
   * this one learns of that from a heartbeat. Until then it may be true for both.
   */
  mayOwn(): boolean;
  /** False before the first assignment, and after it has not been a member for the session and two rebalance timeouts. */
  alive(): boolean;
  /** The group refused this member in its current generation: joins again, which ends in an assignment. No effect in a later one. */
  rejoin(member: Pick<GroupMember, 'generationId'>): void;
  /** Commits offsets. Asks once; rejects when the group has another generation by now. */
  commit(member: GroupMember, positions: readonly (Position & { readonly metadata: string })[]): Promise<void>;
  /** The offsets that the group has committed; -1 where there is none. Asks once. */
  committed(partitions: readonly TopicPartition[]): Promise<readonly FetchedOffset[]>;
  /** Leaves the group, unless the member is a static one. Takes 5 s at most. */
  stop(): Promise<void>;
}
