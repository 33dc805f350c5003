import { setTimeout as delay } from 'node:timers/promises';
import { createKafkaLog } from '@switchboard/event-log';
import { groups } from '../evidence/run-directory.ts';

const LOOK_EVERY_MS = 2_000;
/** Longer than a group waits for a member that is gone, than a transaction stays open, and than a delivery waits in any retry topic. */
const QUIET_MS = 30_000;

/**
 * Resolves when nothing is left to do: every group is at the end of its topics. A transaction that was aborted at the end of a partition
 * leaves room behind the last record that no group reads, so standing still for long counts too: the evidence tells which it was.
 * Resolves after `timeoutMs` in any case.
 */
export async function untilSettled(brokers: readonly string[], timeoutMs: number): Promise<void> {
  const admin = await createKafkaLog({ brokers, clientId: 'chaos' }).admin();
  try {
    const deadline = performance.now() + timeoutMs;
    let before = '';
    let since = performance.now();
    while (performance.now() < deadline) {
      const positions = await positionsOf(admin).catch(() => undefined);
      if (positions?.every(({ end, committed }) => committed >= end)) return;
      const now = JSON.stringify(positions);
      if (positions === undefined || now !== before) since = performance.now();
      if (performance.now() - since > QUIET_MS) return;
      before = now;
      await delay(LOOK_EVERY_MS);
    }
  } finally {
    await admin.stop();
  }
}

export type Admin = Awaited<ReturnType<ReturnType<typeof createKafkaLog>['admin']>>;

/** Topics that are written in transactions: the last offset of a partition is the mark of one. */
const transactional = /^(events|deliveries\.pending)\./;

export interface GroupPosition {
  /** Group, topic and partition. */
  readonly of: string;
  readonly end: number;
  readonly committed: number;
}

/** Where groups are in the partitions of their topics, and where these end. */
export async function positionsOf(
  admin: Admin,
  chosen: Readonly<Record<string, readonly string[]>> = groups,
): Promise<readonly GroupPosition[]> {
  const positions: GroupPosition[] = [];
  for (const [group, topics] of Object.entries(chosen)) {
    for (const topic of topics) {
      const committed = new Map((await admin.committed(group, topic)).map(({ partition, offset }) => [partition, Number(offset)]));
      for (const { partition, offset } of await admin.endOffsets(topic)) {
        const end = Number(offset);
        positions.push({
          of: `${group} ${topic}-${partition}`,
          end: end > 0 && transactional.test(topic) ? end - 1 : end,
          committed: committed.get(partition) ?? 0,
        });
      }
    }
  }
  return positions;
}
