import { disconnectWithin } from '../kafkajs/cluster/disconnect-within.ts';
import { renewAllConnections } from '../kafkajs/cluster/renew-connections.ts';
import { LogError } from '../kafkajs/errors/log-error.ts';
import type { TopicPartition } from '../log.ts';
import { within } from '../retry.ts';
import { ResponseError } from '../wire/ask-broker.ts';
import { decodeAssignment, encodeMetadata } from '../wire/consumer-protocol.ts';
import type { GroupMember } from '../wire/group-member.ts';
import { heartbeat, type JoinedGroup, joinGroup, leaveGroup, syncGroup } from '../wire/group-membership.ts';
import { offsetCommit } from '../wire/offset-commit.ts';
import { type FetchedOffset, offsetFetch } from '../wire/offset-fetch.ts';
import { connectMember } from './connect-member.ts';
import { heartbeatTimeoutMs } from './group-cluster.ts';
import { createGroupCoordinator, type GroupCoordinator } from './group-coordinator.ts';
import { createMemberLog } from './member-log.ts';
import type { Member, MemberOptions } from './member-options.ts';
import { describeRefusal, isOutOfGeneration, type Membership, notMember, pauseAfter, type Reaction, react } from './membership.ts';
import { createPartitionGrowth } from './partition-growth.ts';
import { createReactions } from './reactions.ts';
import { createRest, type Rest } from './rest.ts';
import { shareOut } from './share-out.ts';

const HEARTBEAT_INTERVAL_MS = 1_000;
/** Heartbeat intervals, beside the time that one heartbeat may take, in which a static member may own its partitions without one. */
const STATIC_INTERVALS = 2;
const LONGEST_LEAVE_MS = 4_000;
const LONGEST_DISCONNECT_MS = 1_000;
/** Requests that failed in a row before all connections are replaced: kafkajs keeps those on which requests time out. */
const FAILURES_UNTIL_RECONNECT = 2;
const MEMBER_ID_REQUIRED = 79;

export function startMember(options: MemberOptions): Member {
  return new RunningMember(options);
}

class RunningMember implements Member {
  readonly #options: MemberOptions;
  readonly #coordinator: GroupCoordinator;
  readonly #growth: ReturnType<typeof createPartitionGrowth>;
  readonly #log: ReturnType<typeof createMemberLog>;
  #membership: Membership;
  /** All members, while this one is to share the partitions out. */
  #group: JoinedGroup['members'] | undefined;
  /** Joined under its instance id only: in a group that is stable the broker repeats the assignment of the former process. */
  #resumed = false;
  /** The generation in which this member asked last that all partitions be shared out again. */
  #refusedIn = 0;
  #connected = false;
  #failures = 0;
  #wantsRejoin = false;
  readonly #reactionTo: (code: number | undefined) => Reaction;
  /** The generation joined last, and whether one was missed since the last assignment. */
  #joinedLast = -1;
  #missed = false;
  #beatAt = Number.NEGATIVE_INFINITY;
  /** When the last request was sent that showed the member to be in its generation. */
  #provenAt = Number.NEGATIVE_INFINITY;
  readonly #ended: Promise<void>;
  #stopping: Promise<void> | undefined;
  readonly #rest: Rest;

  constructor(options: MemberOptions) {
    this.#options = options;
    const { cluster, groupId, topics, clock, logger } = options;
    this.#coordinator = createGroupCoordinator(cluster, groupId);
    this.#log = createMemberLog(groupId, logger);
    this.#rest = createRest(clock);
    this.#reactionTo = createReactions(clock);
    this.#growth = createPartitionGrowth({
      cluster,
      topics,
      onGrown: () => this.#refuseAssignment(),
      onFailed: (error) => logger.debug({ err: error, groupId }, 'Metadata could not be refreshed'),
      clock,
    });
    this.#membership = notMember(options.instanceId || undefined);
    this.#ended = this.#run();
  }

  mayOwn(): boolean {
    const { clock, sessionTimeoutMs } = this.#options;
    const { phase, instanceId } = this.#membership;
    const forMs =
      instanceId === undefined ? sessionTimeoutMs : heartbeatTimeoutMs(sessionTimeoutMs) + STATIC_INTERVALS * HEARTBEAT_INTERVAL_MS;
    return phase === 'stable' && clock.monotonic() - this.#provenAt < forMs;
  }

  alive(): boolean {
    const { clock, sessionTimeoutMs, rebalanceTimeoutMs } = this.#options;
    const silentMs = clock.monotonic() - this.#provenAt;
    return this.#stopping === undefined && silentMs < sessionTimeoutMs + 2 * rebalanceTimeoutMs;
  }

  rejoin({ generationId }: Pick<GroupMember, 'generationId'>): void {
    if (this.#membership.phase !== 'stable' || this.#membership.generationId !== generationId) return;
    this.#wantsRejoin = true;
    this.#rest.wake();
  }

  async commit(member: GroupMember, positions: Parameters<Member['commit']>[1]): Promise<void> {
    try {
      await this.#coordinator.ask(offsetCommit({ groupId: this.#options.groupId, member, positions }));
    } catch (error) {
      // Sooner than the next heartbeat.
      if (error instanceof ResponseError && isOutOfGeneration(error.code)) this.rejoin(member);
      throw error;
    }
  }

  async committed(partitions: readonly TopicPartition[]): Promise<readonly FetchedOffset[]> {
    if (partitions.length === 0) return [];
    return this.#coordinator.ask(offsetFetch({ groupId: this.#options.groupId, partitions, requireStable: false }));
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#end();
    return this.#stopping;
  }

  async #run(): Promise<void> {
    // The options may need what is made with the member.
    await Promise.resolve();
    while (this.#stopping === undefined) {
      try {
        await this.#turn();
      } catch (error) {
        if (this.#stopping === undefined) await this.#recover(error);
      }
    }
  }

  async #turn(): Promise<void> {
    if (!this.#connected) return await this.#connect();
    const { phase } = this.#membership;
    if (phase === 'joining') await this.#join();
    else if (phase === 'syncing') await this.#sync();
    else await this.#beat();
  }

  async #connect(): Promise<void> {
    const { cluster, topics } = this.#options;
    if (this.#failures >= FAILURES_UNTIL_RECONNECT) await renewAllConnections(cluster);
    await connectMember(cluster, topics);
    this.#connected = true;
  }

  async #join(): Promise<void> {
    const { groupId, topics, protocol, sessionTimeoutMs, rebalanceTimeoutMs } = this.#options;
    const { memberId, instanceId } = this.#membership;
    this.#wantsRejoin = false;
    // The broker begins a generation for a follower only if its metadata is another one. A leader ignores the number.
    const refused = this.#refusedIn === 0 ? [] : [-this.#refusedIn];
    const metadata = encodeMetadata({ topics, owned: [...this.#options.owned(), ...refused] });
    const response = await this.#coordinator.ask(
      joinGroup({ groupId, sessionTimeoutMs, rebalanceTimeoutMs, memberId, instanceId, protocol, metadata }),
    );
    this.#membership = { ...this.#membership, memberId: response.memberId };
    if (!('generationId' in response)) {
      this.#missed = true;
      if (memberId === '') return;
      throw new ResponseError('JoinGroup', MEMBER_ID_REQUIRED);
    }
    const { generationId, leaderId } = response;
    if (memberId === '' || generationId > this.#joinedLast + 1) this.#missed = true;
    this.#joinedLast = generationId;
    this.#membership = { ...this.#membership, phase: 'syncing', generationId };
    this.#group = leaderId === response.memberId ? response.members : undefined;
    this.#resumed = instanceId !== undefined && memberId === '';
  }

  async #sync(): Promise<void> {
    const { cluster, groupId, topics, clock, rebalanceTimeoutMs, logger, onAssigned } = this.#options;
    const { memberId, generationId, instanceId } = this.#membership;
    const member = { memberId, generationId, instanceId };
    const assignments = this.#group === undefined ? new Map() : await shareOut(cluster, this.#group);
    const sentAt = clock.monotonic();
    const bytes = await this.#coordinator.ask(syncGroup({ groupId, member, assignments, waitsMs: rebalanceTimeoutMs }));
    const { assignment, counts } = decodeAssignment(bytes);
    const partitions = Object.entries(assignment)
      .filter(([topic]) => topics.includes(topic))
      .flatMap(([topic, numbers]) => numbers.map((partition) => ({ topic, partition })));
    this.#membership = { ...this.#membership, phase: 'stable' };
    this.#proven(sentAt);
    logger.info({ groupId, ...member, leads: this.#group !== undefined, partitions: partitions.length }, 'Group joined');
    const missed = this.#missed;
    this.#missed = false;
    onAssigned(partitions, member, missed);
    this.#growth.sharedOut(counts);
    // Of a leader of a former version it is not known what it shared out, nor whether this process reads what the former one did.
    if (counts === undefined && this.#resumed) this.#refuseAssignment();
  }

  #refuseAssignment(): void {
    this.#refusedIn = this.#membership.generationId;
    this.rejoin(this.#membership);
  }

  async #beat(): Promise<void> {
    const { groupId, clock } = this.#options;
    const waitMs = this.#beatAt + HEARTBEAT_INTERVAL_MS - clock.monotonic();
    if (this.#wantsRejoin) this.#membership = react(this.#membership, 'rejoin');
    else if (waitMs > 0) await this.#rest.for(waitMs);
    if (this.#wantsRejoin || waitMs > 0) return;
    this.#growth.look();
    const sentAt = clock.monotonic();
    await this.#coordinator.ask(heartbeat(groupId, this.#membership));
    this.#proven(sentAt);
  }

  // A broker counts the session from when it had the request: at the earliest when it was sent. One that is still loading the group
  // responds to a heartbeat without an error; the members that it has loaded get a new session.
  #proven(sentAt: number): void {
    this.#provenAt = sentAt;
    this.#beatAt = sentAt;
    this.#failures = 0;
    this.#log.clear();
  }

  async #recover(error: unknown): Promise<void> {
    // kafkajs's errors have codes too, but those are of metadata requests, not of the group.
    const code = error instanceof ResponseError ? error.code : undefined;
    const reaction = this.#reactionTo(code);
    this.#failures += 1;
    this.#beatAt = Number.NEGATIVE_INFINITY;
    if (code === undefined) this.#connected = false;
    this.#log.failed({ member: this.#membership, reaction, error, code, failures: this.#failures });
    this.#membership = react(this.#membership, reaction);
    if (reaction !== 'fatal') return await this.#rest.for(pauseAfter(reaction, this.#failures));
    const { groupId, onFatal } = this.#options;
    void this.stop();
    onFatal(new LogError('ERR_LOG_GROUP_REFUSED', `group ${groupId} refused the member: ${describeRefusal(code)}`, { cause: error }));
  }

  async #end(): Promise<void> {
    // After the assignment of `#stopping`.
    await Promise.resolve();
    this.#rest.wake();
    const { cluster, clock } = this.#options;
    const last = Promise.allSettled([this.#leave(), this.#ended]);
    const over = await within(LONGEST_LEAVE_MS, last, clock);
    await disconnectWithin(cluster, LONGEST_DISCONNECT_MS, clock);
    // What was under way may have connected again.
    if (!over) void last.then(() => disconnectWithin(cluster, LONGEST_DISCONNECT_MS, clock));
  }

  async #leave(): Promise<void> {
    const { memberId, instanceId } = this.#membership;
    if (memberId !== '' && instanceId === undefined) await this.#coordinator.ask(leaveGroup(this.#options.groupId, memberId));
  }
}
