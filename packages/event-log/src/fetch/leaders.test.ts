import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import type { ReadCluster } from '../kafkajs/cluster/read-cluster.ts';
import { kafkajsPath } from '../kafkajs/patches/load-kafkajs.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { createLeaders } from './leaders.ts';

const { KafkaJSConnectionError } = createRequire(import.meta.url)(kafkajsPath('src/errors.js')) as {
  KafkaJSConnectionError: new (message: string, of: { broker: string }) => Error;
};

it('replaces the connection on which a refresh failed', async () => {
  const clock = createManualClock();
  const pool = (name: string) => ({ name, host: 'node-1', port: 9092, rack: null, pool: [], destroy: async () => undefined });
  const broker = { connectionPool: pool('old') };
  const cluster = {
    brokerPool: { brokers: { 1: broker } },
    connectionPoolBuilder: { build: async () => pool('new') },
    findTopicPartitionMetadata: () => [],
    refreshMetadata: () => Promise.reject(new KafkaJSConnectionError('cut', { broker: 'node-1:9092' })),
  } as unknown as ReadCluster;
  const leaders = createLeaders({ cluster, clock, onChanged: () => undefined, onFailed: () => undefined });
  leaders.refresh();
  await clock.advance(0);
  expect(broker.connectionPool.name).toBe('new');
  await leaders.stop();
});
