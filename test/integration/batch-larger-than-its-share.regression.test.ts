import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectTo, openReadCluster, type ReadCluster } from '../../packages/event-log/src/kafkajs/cluster/read-cluster.ts';
import { partitionOf } from '../../packages/event-log/src/partition-of.ts';
import { fetchPartitions } from '../../packages/event-log/src/reader/fetch-partitions.ts';
import { describeWithBroker, uniqueTopic } from '../support/broker.ts';
import { type KafkaParts, openKafkaParts } from '../support/event-log.ts';

// A broker sends a batch that is larger than its partition's share of an answer for the first partition of a request only, and kafkajs
// asks in random order: a partition that came to such a batch was not read for minutes while others had a backlog, and the consumer then
// ended as one that is stuck.

const PARTITIONS = 10;
const LARGE = PARTITIONS - 1;
const LARGE_BYTES = 2 * 1024 * 1024;
const TRIALS = 10;

describeWithBroker('a batch that is larger than its share of an answer', (brokers) => {
  const topic = uniqueTopic('large');
  let kafka: KafkaParts;
  let cluster: ReadCluster;

  beforeAll(async () => {
    kafka = openKafkaParts(brokers);
    await kafka.createTopics([{ name: topic, partitions: PARTITIONS }]);
    const appender = await kafka.log.appender();
    for (let partition = 0; partition < PARTITIONS; partition += 1) {
      let name = 0;
      while (partitionOf(Buffer.from(String(name)), PARTITIONS) !== partition) name += 1;
      const value = Buffer.alloc(partition === LARGE ? LARGE_BYTES : 100);
      expect(await appender.append({ topic, key: Buffer.from(String(name)), value })).toMatchObject({ ok: true });
    }
    await appender.stop();
    cluster = openReadCluster(kafka.client);
    await connectTo(cluster, [topic]);
  });
  afterAll(async () => {
    await cluster.disconnect();
    await kafka.deleteTopics([topic]);
  });

  it('comes by the second time that it is asked for, however much stands in the other partitions', async () => {
    const led = cluster.findTopicPartitionMetadata(topic);
    const leader = led.find(({ partitionId }) => partitionId === LARGE)?.leader ?? -1;
    const wanted = led.flatMap(({ partitionId, leader: own }) => (own === leader ? [{ topic, partition: partitionId, offset: 0n }] : []));
    for (let trial = 0; trial < TRIALS; trial += 1) {
      const fetched = [...(await fetchPartitions(cluster, leader, wanted)), ...(await fetchPartitions(cluster, leader, wanted))];
      const large = fetched.flatMap(({ partition, records }) => (partition === LARGE ? records : []));
      expect(large[0]?.value?.length).toBe(LARGE_BYTES);
    }
  });
});
