/** What the member of a group knows of itself. */
export interface Membership {
  /** `joining`: the group is to be joined, or joined again. `syncing`: the assignment of the generation is not known. */
  readonly phase: 'joining' | 'syncing' | 'stable';
  /** Empty before the group has given one. */
  readonly memberId: string;
  /** Of the generation joined last; -1 before the first. */
  readonly generationId: number;
  /** The name of a static member; undefined for a dynamic one. */
  readonly instanceId: string | undefined;
}

/** What a failed request means for the member. */
export type Reaction =
  /** The coordinator moved or did not respond: the same request again, to the coordinator as it is then. */
  | 'repeat'
  /** There is or will be another generation: join it under the same member id. */
  | 'rejoin'
  /** The group does not have the member any more: join as another one. */
  | 'join-as-new'
  /** Another process has joined under the same instance id: join as a dynamic member. */
  | 'join-as-dynamic'
  /** The group does not take the member now: join after a while. */
  | 'wait'
  /** Repeating does not help. */
  | 'fatal';

const COORDINATOR_LOADING = 14;
const COORDINATOR_NOT_AVAILABLE = 15;
const NOT_COORDINATOR = 16;
const ILLEGAL_GENERATION = 22;
const INVALID_GROUP_ID = 24;
const UNKNOWN_MEMBER_ID = 25;
const INVALID_SESSION_TIMEOUT = 26;
const REBALANCE_IN_PROGRESS = 27;
export const GROUP_AUTHORIZATION_FAILED = 30;
const UNSUPPORTED_VERSION = 35;
const FENCED_INSTANCE_ID = 82;

const REACTIONS: ReadonlyMap<number, Reaction> = new Map([
  [COORDINATOR_LOADING, 'repeat'],
  [COORDINATOR_NOT_AVAILABLE, 'repeat'],
  [NOT_COORDINATOR, 'repeat'],
  [ILLEGAL_GENERATION, 'rejoin'],
  [REBALANCE_IN_PROGRESS, 'rejoin'],
  [UNKNOWN_MEMBER_ID, 'join-as-new'],
  [FENCED_INSTANCE_ID, 'join-as-dynamic'],
  [INVALID_GROUP_ID, 'fatal'],
  [INVALID_SESSION_TIMEOUT, 'fatal'],
  [GROUP_AUTHORIZATION_FAILED, 'fatal'],
  [UNSUPPORTED_VERSION, 'fatal'],
]);

const REFUSALS: ReadonlyMap<number | undefined, string> = new Map([
  [INVALID_GROUP_ID, 'INVALID_GROUP_ID (24): the name of the group is not valid'],
  [
    INVALID_SESSION_TIMEOUT,
    'INVALID_SESSION_TIMEOUT (26): group.min.session.timeout.ms and group.max.session.timeout.ms of the brokers must allow it',
  ],
  [GROUP_AUTHORIZATION_FAILED, 'GROUP_AUTHORIZATION_FAILED (30): allow READ and DESCRIBE on the group'],
  [UNSUPPORTED_VERSION, 'UNSUPPORTED_VERSION (35): Kafka 2.5 or newer is needed'],
]);

/** What a fatal error means, and what to do about it. */
export const describeRefusal = (code: number | undefined): string => REFUSALS.get(code) ?? `error ${code}`;

/** `code`: the error of the coordinator's response; undefined where there was none. */
export function decide(code: number | undefined): Reaction {
  return code === undefined ? 'repeat' : (REACTIONS.get(code) ?? 'wait');
}

const OUT_OF_GENERATION: readonly Reaction[] = ['rejoin', 'join-as-new', 'join-as-dynamic'];

/** Whether the error says that the member is not in the generation of the group. */
export const isOutOfGeneration = (code: number): boolean => OUT_OF_GENERATION.includes(decide(code));

export const notMember = (instanceId: string | undefined): Membership => ({
  phase: 'joining',
  memberId: '',
  generationId: -1,
  instanceId,
});

/** The member after a failed request. */
export function react(member: Membership, reaction: Reaction): Membership {
  switch (reaction) {
    case 'rejoin':
    case 'wait':
      return { ...member, phase: 'joining' };
    case 'join-as-new':
      return notMember(member.instanceId);
    case 'join-as-dynamic':
      return notMember(undefined);
    case 'repeat':
    case 'fatal':
      return member;
  }
}

const PAUSES_MS = [50, 100, 200, 500, 1_000];

/** Milliseconds until the next request, after so many failed ones in a row. A rebalance is joined at once. */
export function pauseAfter(reaction: Reaction, failures: number): number {
  if (failures <= 1 && reaction !== 'repeat' && reaction !== 'wait') return 0;
  return PAUSES_MS[Math.min(failures, PAUSES_MS.length) - 1] as number;
}
