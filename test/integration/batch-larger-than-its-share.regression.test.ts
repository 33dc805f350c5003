import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../packages/event-log/src/clock.ts';
import { createFetcher } from '../../packages/event-log/src/fetch/fetcher.ts';
import { connectTo, openReadCluster, type ReadCluster } from '../../packages/event-log/src/kafkajs/cluster/read-cluster.ts';
import { silentLogger } from '../../packages/event-log/src/logger.ts';
import { partitionOf } from '../../packages/event-log/src/partition-of.ts';
import { describeWithBroker, uniqueTopic } from '../support/broker.ts';
import { type KafkaParts, openKafkaParts } from '../support/event-log.ts';

// A broker sends a batch that is larger than its partition's share of a response for the first partition of a request only. Requested in
// random order, a partition that came to such a batch was not read for minutes while others had a backlog, and the consumer then ended as
// one that is stuck.

const PARTITIONS = 10;
const LARGE = PARTITIONS - 1;
const LARGE_BYTES = 2 * 1024 * 1024;
const TRIALS = 10;

describeWithBroker('a batch that is larger than its share of a response', (brokers) => {
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

  it('comes soon, however much is in the other partitions', async () => {
    const led = cluster.findTopicPartitionMetadata(topic);
    for (let trial = 0; trial < TRIALS; trial += 1) {
      const sizes: (number | undefined)[] = [];
      const { promise: came, resolve } = Promise.withResolvers<void>();
      const fetcher = createFetcher({
        cluster,
        maxWaitMs: 500,
        maxBytes: 10_485_760,
        maxBytesPerPartition: 1_048_576,
        onFetched({ partition, records, from }) {
          if (partition !== LARGE) return from;
          sizes.push(...records.map(({ value }) => value?.length));
          resolve();
          return from;
        },
        onOutOfRange: () => undefined,
        onFailing: () => undefined,
        clock: systemClock,
        logger: silentLogger,
      });
      // The others stay where they are: each response has something of all of them.
      fetcher.assign(led.map(({ partitionId }) => ({ topic, partition: partitionId, offset: 0n })));
      await came;
      await fetcher.stop();
      expect(sizes[0]).toBe(LARGE_BYTES);
    }
  });
});
