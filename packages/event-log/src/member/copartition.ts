/** A member of a group as the leader sees it when partitions are shared out. */
export interface Member {
  readonly id: string;
  readonly topics: readonly string[];
  /** Partition numbers it had before. */
  readonly owned: readonly number[];
}

/** Partitions by topic. */
export type Assignment = Readonly<Record<string, number[]>>;

/**
 * Gives partition p of every topic to the same member, each member the same share within one, and each as many of the
 * partitions it had as its share allows: a partition that moves repeats what was in flight. Members whose topics differ
 * (during a roll-out) get a partition only of topics they know; such a partition goes to another member that does.
 */
export function shareCopartitioned(
  members: readonly Member[],
  partitionCounts: ReadonlyMap<string, number>,
): ReadonlyMap<string, Assignment> {
  const sorted = [...members].sort((a, b) => (a.id < b.id ? -1 : 1));
  const owners = shareNumbers(sorted, Math.max(0, ...partitionCounts.values()));
  const assignments = new Map<string, Record<string, number[]>>(sorted.map(({ id }) => [id, {}]));
  for (const [topic, count] of partitionCounts) {
    const subscribers = sorted.filter((member) => member.topics.includes(topic));
    for (let partition = 0; partition < count; partition += 1) {
      const owner = owners[partition];
      const member = owner?.topics.includes(topic) ? owner : subscribers[partition % subscribers.length];
      const assignment = member && assignments.get(member.id);
      if (assignment === undefined) continue;
      assignment[topic] ??= [];
      assignment[topic].push(partition);
    }
  }
  return assignments;
}

function shareNumbers(members: readonly Member[], count: number): readonly Member[] {
  const owners = new Array<Member | undefined>(count).fill(undefined);
  const shares = new Map(members.map((member) => [member, 0]));
  const least = Math.floor(count / members.length);
  let larger = count % members.length;
  for (const member of members) {
    const wanted = [...new Set(member.owned)].filter((number) => number >= 0 && number < count && owners[number] === undefined);
    const share = wanted.length > least && larger > 0 ? least + 1 : least;
    if (share > least) larger -= 1;
    for (const number of wanted.slice(0, share)) {
      owners[number] = member;
      shares.set(member, (shares.get(member) ?? 0) + 1);
    }
  }
  return owners.map((owner) => {
    if (owner !== undefined) return owner;
    const poorest = members.reduce((a, b) => ((shares.get(b) ?? 0) < (shares.get(a) ?? 0) ? b : a));
    shares.set(poorest, (shares.get(poorest) ?? 0) + 1);
    return poorest;
  });
}
