import type { Clock } from '../clock.ts';
import type { KafkaClient } from '../kafkajs/client/client.ts';
import type { ReadCluster } from '../kafkajs/cluster/read-cluster.ts';
import type { LogRecord, ProcessorOptions, TopicPartition } from '../log.ts';
import { keyOf } from '../partition-key.ts';
import { offsetsOf } from '../reader/start-positions.ts';
import type { GroupConsumer } from './group-consumer.ts';
import { createPartitionInput, type PartitionInput } from './partition-input.ts';
import { readBack } from './read-back.ts';
import { startPosition } from './start-position.ts';

export interface ProcessorInputsOptions {
  readonly client: KafkaClient;
  readonly options: ProcessorOptions;
  /** Tells where partitions begin. */
  readonly cluster: ReadCluster;
  /** Undefined before the group is joined for the first time. */
  readonly consumer: () => GroupConsumer | undefined;
  readonly wake: () => void;
  readonly onFatal: (error: unknown) => void;
  readonly clock: Clock;
}

/** The partitions that this member owns. */
export interface ProcessorInputs {
  all(): readonly PartitionInput[];
  /** Another generation: partitions that stay are to be settled again, the others are dropped. */
  assign(partitions: readonly TopicPartition[]): void;
  /** As `PartitionInput.offer`; false, too, for a partition that is not owned or should not be read for now. */
  offer(partition: TopicPartition, records: readonly LogRecord[], from: bigint): boolean;
  pass(partition: TopicPartition, from: bigint, to: bigint): void;
  close(): void;
}

export function createProcessorInputs(parts: ProcessorInputsOptions): ProcessorInputs {
  const { client, options, cluster, consumer, clock } = parts;
  const inputs = new Map<string, PartitionInput>();

  function create(partition: TopicPartition): PartitionInput {
    const { topic } = partition;
    return createPartitionInput({
      ...partition,
      process: options.process,
      onFenced: options.onFenced,
      startWithoutOffset: (lost) => startPosition(client, options, partition, lost),
      startsAtEnd: options.withoutOffset === 'end',
      logStartOffset: async () => (await offsetsOf(cluster, [topic], { fromBeginning: true })).get(keyOf(partition))?.offset ?? 0n,
      readBack: (from, to) => readBack(client, partition, from, to),
      setPaused: (paused) => (paused ? consumer()?.pause(partition) : consumer()?.resume(partition)),
      seek: (offset) => consumer()?.seek({ ...partition, offset }),
      onFatal: parts.onFatal,
      wake: parts.wake,
      clock,
      logger: client.logger,
    });
  }

  function drop(key: string, input: PartitionInput): void {
    inputs.delete(key);
    consumer()?.resume(input);
    input.close();
  }

  return {
    all: () => [...inputs.values()],
    assign(partitions) {
      const owned = new Set(partitions.map(keyOf));
      for (const [key, input] of inputs) if (!owned.has(key)) drop(key, input);
      for (const partition of partitions) {
        const key = keyOf(partition);
        const input = inputs.get(key);
        if (input === undefined) inputs.set(key, create(partition));
        else input.unsettle();
        // A new member begins with no partition paused.
        if (input?.paused()) consumer()?.pause(partition);
      }
    },
    offer(partition, records, from) {
      const input = inputs.get(keyOf(partition));
      if (input === undefined) return false;
      if (!input.paused()) return input.offer(records, from);
      consumer()?.pause(partition);
      return false;
    },
    pass: (partition, from, to) => inputs.get(keyOf(partition))?.pass(from, to),
    close() {
      for (const input of inputs.values()) input.close();
    },
  };
}
