import { setTimeout as sleep } from 'node:timers/promises';
import { createKafkaLog } from '@switchboard/event-log';
import { type Cluster, startCluster } from '@switchboard/local-stack';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

const TOPIC = { name: 'local-stack.led', partitions: 6, cleanup: 'delete', retentionMs: -1, key: 'x', value: 'x' } as const;

const ROUNDS_OF_PAUSES = 15;
/** For what another broker may not know yet, or one may not answer. */
const WAIT = { timeout: 60_000, interval: 100 };

let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster();
  await createKafkaLog({ brokers: [...cluster.brokers], clientId: 'local-stack-test' }).applyTopics([TOPIC]);
  await cluster.untilInSync(TOPIC.name);
});

afterAll(() => cluster?.close());

async function leaders(): Promise<number[]> {
  const states = await cluster.partitions(TOPIC.name);
  return states.toSorted((a, b) => a.partition - b.partition).map(({ leader }) => leader);
}

/** Waits until it holds of every partition, whoever answers. */
function untilEach(holds: (state: Awaited<ReturnType<Cluster['partitions']>>[number]) => boolean): Promise<void> {
  return vi.waitFor(async () => expect((await cluster.partitions(TOPIC.name)).filter(holds)).toHaveLength(TOPIC.partitions), WAIT);
}

const untilNoneLedBy = (id: number): Promise<void> => untilEach(({ leader }) => leader !== id && leader !== -1);

describe('a cluster of three brokers', () => {
  it('keeps three replicas of everything, all in sync', async () => {
    expect(cluster.ids).toEqual([1, 2, 3]);
    expect(cluster.running()).toEqual([1, 2, 3]);
    for (const { replicas, inSync } of await cluster.partitions(TOPIC.name)) {
      expect([...replicas].sort()).toEqual([1, 2, 3]);
      expect(inSync).toHaveLength(3);
    }
  });

  it('moves every leader of a topic to another in-sync replica', async () => {
    const before = await leaders();
    const moves = await cluster.moveLeaders(TOPIC.name);
    expect(moves).toHaveLength(TOPIC.partitions);
    for (const { partition, from, to } of moves) {
      expect(from).toBe(before[partition]);
      expect(to).not.toBe(from);
    }
    const expected = moves.toSorted((a, b) => a.partition - b.partition).map(({ to }) => to);
    await vi.waitFor(async () => expect(await leaders()).toEqual(expected), WAIT);
  });

  it('moves the leaders of all topics, those of the coordinators too', async () => {
    const moves = await cluster.moveLeaders();
    const topics = new Set(moves.map(({ topic }) => topic));
    expect(topics).toContain('__consumer_offsets');
    expect(topics).toContain('__transaction_state');
    expect(topics).toContain(TOPIC.name);
  });

  it('gives the partitions of a killed broker to others, and takes it back', async () => {
    const victim = await cluster.leaderOf(TOPIC.name, 0);
    await cluster.kill(victim);
    expect(cluster.running()).not.toContain(victim);
    await untilNoneLedBy(victim);
    await cluster.restart(victim);
    await cluster.untilInSync(TOPIC.name);
    expect(cluster.running()).toEqual([1, 2, 3]);
  });

  it('hands the leaders of a broker over before it stops', async () => {
    const leaving = await cluster.leaderOf(TOPIC.name, 1);
    await cluster.stop(leaving);
    expect(await leaders()).not.toContain(leaving);
    expect(await leaders()).not.toContain(-1);
    await cluster.restart(leaving);
    await cluster.untilInSync(TOPIC.name);
  });

  it('fences a broker that is paused for longer than its session, and takes it back when it goes on', async () => {
    const paused = await cluster.leaderOf(TOPIC.name, 2);
    cluster.pause(paused);
    await untilNoneLedBy(paused);
    await untilEach(({ inSync }) => !inSync.includes(paused));
    cluster.resume(paused);
    // Until it learns better, the broker itself answers as before the pause: in sync, and a leader.
    await untilEach(({ leader, inSync }) => leader !== paused && inSync.includes(paused));
  });

  it('answers at every moment around a pause', async () => {
    for (let round = 0; round < ROUNDS_OF_PAUSES; round += 1) {
      for (const paused of cluster.ids) {
        let over = false;
        const asking = (async () => {
          while (!over) await leaders();
        })();
        // Told once, where it is waited for.
        asking.catch(() => {});
        try {
          await sleep(30 + round);
          cluster.pause(paused);
          await sleep(100);
          over = true;
          await expect(asking).resolves.toBeUndefined();
        } finally {
          cluster.resume(paused);
        }
      }
    }
  });

  it('refuses ids and partitions that it does not have', async () => {
    expect(() => cluster.kill(4)).toThrow('there is no broker 4; ids are 1, 2, 3');
    await expect(cluster.leaderOf(TOPIC.name, 99)).rejects.toThrow(RangeError);
  });
});
