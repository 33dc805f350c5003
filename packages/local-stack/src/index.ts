export { StackError, type StackErrorCode } from './errors.ts';
export type { LeaderMove } from './kafka/move-leaders.ts';
export { type Cluster, type ClusterOptions, startCluster } from './kafka/start-cluster.ts';
export { type Kafka, type KafkaOptions, startKafka } from './kafka/start-kafka.ts';
export { type Registry, type RegistryOptions, startRegistry } from './registry/start-registry.ts';
export type { PartitionState } from './wire/metadata.ts';
