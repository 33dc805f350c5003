import { createKafkaLog } from '@switchboard/event-log';
import { type Cluster, startCluster } from '@switchboard/local-stack';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const TOPIC = { name: 'local-stack.led', partitions: 6, cleanup: 'delete', retentionMs: -1, key: 'x', value: 'x' } as const;

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

async function untilNoneLedBy(id: number): Promise<void> {
  while ((await leaders()).some((leader) => leader === id || leader === -1)) await new Promise((resolve) => setTimeout(resolve, 100));
}

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
    const after = await leaders();
    expect(moves).toHaveLength(TOPIC.partitions);
    for (const { partition, from, to } of moves) {
      expect(from).toBe(before[partition]);
      expect(to).toBe(after[partition]);
      expect(to).not.toBe(from);
    }
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
    cluster.resume(paused);
    await cluster.untilInSync(TOPIC.name);
  });

  it('refuses ids and partitions that it does not have', async () => {
    expect(() => cluster.kill(4)).toThrow('there is no broker 4; ids are 1, 2, 3');
    await expect(cluster.leaderOf(TOPIC.name, 99)).rejects.toThrow(RangeError);
  });
});
