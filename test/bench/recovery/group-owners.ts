import { createClient, loadKafka } from '../../../packages/event-log/src/kafkajs/client/client.ts';
import type { BenchStack } from '../support/bench-stack.ts';
import { pause } from '../support/clock.ts';

/** Which member has each partition of a group: member ids by `<topic> <partition>`. */
export type Owners = ReadonlyMap<string, string>;

export interface GroupOwners {
  /** Waits until the group is stable with so many members, each with partitions. Throws after a minute. */
  settled(groupId: string, members: number): Promise<Owners>;
  stop(): Promise<void>;
}

const TIMEOUT_MS = 60_000;

export async function watchGroups(stack: BenchStack): Promise<GroupOwners> {
  const admin = createClient({ brokers: stack.backbone.brokers, clientId: 'switchboard-bench' }).open().admin();
  const { MemberAssignment } = loadKafka().AssignerProtocol;
  await admin.connect();
  return {
    async settled(groupId, members) {
      for (const deadline = performance.now() + TIMEOUT_MS; ; await pause(200)) {
        const [group] = (await admin.describeGroups([groupId])).groups;
        const owners = new Map<string, string>();
        for (const { memberId, memberAssignment } of group?.members ?? []) {
          const assigned = memberAssignment.length === 0 ? {} : (MemberAssignment.decode(memberAssignment)?.assignment ?? {});
          for (const [topic, partitions] of Object.entries(assigned))
            for (const partition of partitions) owners.set(`${topic} ${partition}`, memberId);
        }
        if (group?.state === 'Stable' && group.members.length === members && new Set(owners.values()).size === members) return owners;
        if (performance.now() > deadline) throw new Error(`${groupId} is not stable with ${members} members: ${group?.state}`);
      }
    },
    stop: () => admin.disconnect(),
  };
}
