import type { Clock } from '../clock.ts';
import type { FetchedPartition } from '../fetch/fetcher.ts';
import type { KafkaClient } from '../kafkajs/client/client.ts';
import type { ProcessorOptions, TopicPartition } from '../log.ts';
import { keyOf } from '../partition-key.ts';
import type { GroupConsumer } from './group-consumer.ts';
import { createPartitionInput, type PartitionInput } from './partition-input.ts';
import { readBack } from './read-back.ts';
import { startPosition } from './start-position.ts';

export interface ProcessorInputsOptions {
  readonly client: KafkaClient;
  readonly options: ProcessorOptions;
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
  /** Returns the offset from which reading continues. */
  offer(fetched: FetchedPartition): bigint;
  close(): void;
}

export function createProcessorInputs(parts: ProcessorInputsOptions): ProcessorInputs {
  const { client, options, consumer, clock } = parts;
  const inputs = new Map<string, PartitionInput>();

  function create(partition: TopicPartition): PartitionInput {
    return createPartitionInput({
      ...partition,
      process: options.process,
      onFenced: options.onFenced,
      startWithoutOffset: (lost) => startPosition(client, options, partition, lost),
      startsAtEnd: options.withoutOffset === 'end',
      readBack: (from, to) => readBack(client, partition, from, to),
      setPaused: (paused) => (paused ? consumer()?.pause(partition) : consumer()?.resume(partition)),
      seek: (offset) => consumer()?.seek({ ...partition, offset }),
      onFatal: parts.onFatal,
      wake: parts.wake,
      clock,
      logger: client.logger,
    });
  }

  return {
    all: () => [...inputs.values()],
    assign(partitions) {
      const owned = new Set(partitions.map(keyOf));
      for (const [key, input] of inputs) {
        if (owned.has(key)) continue;
        inputs.delete(key);
        input.close();
      }
      for (const partition of partitions) {
        const input = inputs.get(keyOf(partition));
        if (input === undefined) inputs.set(keyOf(partition), create(partition));
        else input.unsettle();
      }
    },
    offer({ records, from, next, ...partition }) {
      const input = inputs.get(keyOf(partition));
      if (input === undefined) return from;
      input.offer(records, next);
      return next;
    },
    close() {
      for (const input of inputs.values()) input.close();
    },
  };
}
