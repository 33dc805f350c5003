import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from '../../../packages/local-stack/src/index.ts';

/** Moves the leaders of all partitions several times, then kills a broker and brings it back, then moves them again. */
export async function shake(cluster: Cluster, { rounds }: { readonly rounds: number }): Promise<void> {
  await moveSeveralTimes(cluster, rounds);
  const victim = cluster.ids[1] as number;
  await cluster.kill(victim);
  await delay(2_000);
  await cluster.restart(victim);
  await cluster.untilInSync();
  await moveSeveralTimes(cluster, rounds);
}

export async function moveSeveralTimes(cluster: Cluster, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    await cluster.moveLeaders();
    await delay(700);
  }
}
