import { electPreferred, placeReplicas } from '../wire/leaders.ts';
import { type PartitionState, readMetadata } from '../wire/metadata.ts';
import { until } from './until.ts';

export interface LeaderMove {
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
  readonly to: number;
}

/** Room for several requests, each of which may take 15 s. */
const TIMEOUT_MS = 60_000;

/**
 * Gives every partition that has another in-sync replica a new leader: the replica after the present leader goes to the front of the list,
 * then the preferred replicas are elected. Resolves when all of them lead.
 */
export async function moveLeaders(port: number, topic?: string): Promise<readonly LeaderMove[]> {
  const { partitions } = await readMetadata(port, topic);
  const moves = partitions.flatMap((state) => {
    const to = nextLeader(state);
    return to === undefined ? [] : [{ topic: state.topic, partition: state.partition, from: state.leader, to, replicas: state.replicas }];
  });
  if (moves.length === 0) return [];
  const placements = moves.map(({ replicas, to, ...move }) => ({ ...move, replicas: [to, ...replicas.filter((id) => id !== to)] }));
  await until('the new leaders lead', TIMEOUT_MS, async () => {
    await placeReplicas(port, placements);
    await electPreferred(port, placements);
    const now = await readMetadata(port, topic);
    return moves.every((move) =>
      now.partitions.some((state) => state.topic === move.topic && state.partition === move.partition && state.leader === move.to),
    );
  });
  return moves.map(({ topic: name, partition, from, to }) => ({ topic: name, partition, from, to }));
}

/** The in-sync replica that follows the leader in the list of replicas, wrapping around. */
export function nextLeader(state: PartitionState): number | undefined {
  const at = state.replicas.indexOf(state.leader);
  const following = [...state.replicas.slice(at + 1), ...state.replicas.slice(0, Math.max(at, 0))];
  return following.find((id) => id !== state.leader && state.inSync.includes(id));
}
