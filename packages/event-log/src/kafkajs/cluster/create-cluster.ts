import type { Kafka } from 'kafkajs';

export interface ClusterOptions {
  readonly allowAutoTopicCreation: boolean;
  readonly isolationLevel: number;
  /** Milliseconds. */
  readonly metadataMaxAge: number;
}

/**
 * A dedicated cluster: connections, metadata, leaders, offsets. kafkajs gives one only to its producers, consumers and admins, by
 * a factory under a private symbol of the instance.
 */
export function createCluster<Shape>(kafka: Kafka, options: ClusterOptions): Shape {
  const instance = kafka as Kafka & Record<symbol, unknown>;
  const symbol = Object.getOwnPropertySymbols(instance).find(({ description }) => description === 'private:Kafka:createCluster');
  const factory = symbol && instance[symbol];
  if (typeof factory !== 'function') throw new Error('kafkajs has no private:Kafka:createCluster');
  return factory(options) as Shape;
}
