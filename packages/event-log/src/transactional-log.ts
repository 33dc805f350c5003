import type { FencedWriter } from './fenced-writer.ts';
import type { EventLog, Processor, ProcessorOptions } from './log.ts';
import type { AppliedTopic, ApplyTopicsOptions } from './topics/apply-topics.ts';
import type { ClusterDescription } from './topics/describe-cluster.ts';
import type { DeclaredTopic } from './topics/topic-settings.ts';

/** The log over Kafka: what every EventLog offers, and what needs transactions. */
export interface KafkaLog extends EventLog {
  processor(options: ProcessorOptions): Promise<Processor>;
  /** A writer under its own transactional id; opens nothing before its first run. */
  fencedWriter(transactionalId: string): Promise<FencedWriter>;
  /** Creates the topics that are missing and compares the others. Its result has the names that Kafka has. */
  applyTopics(topics: readonly DeclaredTopic[], options?: ApplyTopicsOptions): Promise<readonly AppliedTopic[]>;
  /** Which cluster it is. */
  describeCluster(): Promise<ClusterDescription>;
}
