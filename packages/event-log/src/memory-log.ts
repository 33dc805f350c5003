import { type Clock, systemClock } from './clock.ts';
import type { Appender, AppendOutcome, EventLog, LogAdmin, LogRecord, OutRecord, Position } from './log.ts';
import { createMemoryConsumer } from './memory/memory-consumer.ts';
import { createMemoryReader } from './memory/memory-reader.ts';
import { createStore, type Store } from './memory/store.ts';
import { keyOf } from './partition-key.ts';

export interface MemoryLogOptions {
  readonly topics: readonly { readonly name: string; readonly partitions: number }[];
  /** Time of records without a timestamp, and of due times. Default: the system's. */
  readonly clock?: Clock;
}

const MAX_RECORD_BYTES = 4_194_304;

/**
 * A log in this process for unit tests: the outcomes and the order of the Kafka log, one member a group, nothing kept.
 * Records are handed over after the call that appended them, never during it.
 */
export function createMemoryLog({ topics, clock = systemClock }: MemoryLogOptions): EventLog {
  const store = createStore(topics);
  return {
    appender: async () => createMemoryAppender(store, clock),
    reader: async (options) => createMemoryReader(store, options),
    consumer: async (options) => createMemoryConsumer(store, options, clock),
    admin: async () => createMemoryAdmin(store),
  };
}

function createMemoryAppender(store: Store, clock: Clock): Appender {
  let stopped = false;

  function append(record: OutRecord): AppendOutcome {
    if (stopped) return { ok: false, code: 'ERR_LOG_CLOSED' };
    if (store.partitions(record.topic) === undefined) return { ok: false, code: 'ERR_LOG_UNKNOWN_TOPIC' };
    if (sizeOf(record) > MAX_RECORD_BYTES) return { ok: false, code: 'ERR_LOG_RECORD_TOO_LARGE' };
    const stored = store.append(record, clock.now());
    return stored === undefined ? { ok: false, code: 'ERR_LOG_UNKNOWN_TOPIC' } : { ok: true, position: positionOf(stored) };
  }

  return {
    append: async (record) => append(record),
    available: () => !stopped,
    async stop() {
      stopped = true;
    },
  };
}

function createMemoryAdmin(store: Store): LogAdmin {
  return {
    endOffsets: async (topic) =>
      store.existing(topic).map(({ partition, records }) => ({ topic, partition, offset: BigInt(records.length) })),
    beginOffsets: async (topic) => store.existing(topic).map(({ partition }) => ({ topic, partition, offset: 0n })),
    committed: async (groupId, topic) =>
      store.existing(topic).flatMap(({ partition }) => {
        const commit = store.commits(groupId).get(keyOf({ topic, partition }));
        return commit === undefined ? [] : [{ topic, partition, ...commit }];
      }),
    stop: async () => undefined,
  };
}

function sizeOf({ key, value, headers = [] }: OutRecord): number {
  return headers.reduce((sum, [name, bytes]) => sum + name.length + bytes.length, key.length + (value?.length ?? 0));
}

function positionOf({ topic, partition, offset }: LogRecord): Position {
  return { topic, partition, offset };
}
