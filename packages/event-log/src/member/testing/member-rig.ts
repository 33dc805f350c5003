import type { LogError } from '../../kafkajs/errors/log-error.ts';
import type { TopicPartition } from '../../log.ts';
import { type LogLogger, silentLogger } from '../../logger.ts';
import { createManualClock } from '../../testing/manual-clock.ts';
import type { GroupMember } from '../../wire/group-member.ts';
import { startMember } from '../member.ts';
import { createFakeGroup } from './fake-group.ts';

export const SESSION_MS = 9_000;

/** A member of a fake group, and what it did. */
export function setUp({ instanceId, begin }: { instanceId?: string; begin?: (group: ReturnType<typeof createFakeGroup>) => void } = {}) {
  const group = createFakeGroup();
  begin?.(group);
  const clock = createManualClock();
  const assigned: { readonly partitions: readonly TopicPartition[]; readonly member: GroupMember; readonly missed: boolean }[] = [];
  const fatal: LogError[] = [];
  const warnings: Record<string, unknown>[] = [];
  const logger: LogLogger = {
    ...silentLogger,
    warn: (fields, message) => void warnings.push({ ...(fields as object), message }),
  };
  const member = startMember({
    cluster: group.cluster,
    groupId: 'g',
    topics: ['in'],
    protocol: 'p',
    instanceId,
    sessionTimeoutMs: SESSION_MS,
    rebalanceTimeoutMs: 20_000,
    owned: () => assigned.at(-1)?.partitions.map(({ partition }) => partition) ?? [],
    onAssigned: (partitions, joined, missed) => void assigned.push({ partitions, member: joined, missed }),
    onFatal: (error) => void fatal.push(error),
    clock: { ...clock, now: () => 0 },
    logger,
  });
  /** Requests since the last call. */
  let seen = 0;
  const requests = (): readonly string[] => {
    const more = group.requests.slice(seen);
    seen = group.requests.length;
    return more;
  };
  return { ...group, clock, member, assigned, fatal, warnings, requests };
}

/** After the first assignment. */
export async function joined(options?: Parameters<typeof setUp>[0]) {
  const rig = setUp(options);
  await rig.clock.advance(0);
  rig.requests();
  return rig;
}

/** A heartbeat as the requests of the fake group name it. */
export const heartbeat = (generation = 1, id = 'member-1', instance: string | null = null): string =>
  `Heartbeat ${generation} ${id} ${instance}`;
