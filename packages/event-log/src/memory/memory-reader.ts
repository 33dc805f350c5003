import { LogError } from '../kafkajs/errors/log-error.ts';
import type { LogRecord, Reader, ReaderOptions, ReadFrom } from '../log.ts';
import { createReadState } from '../reader/read-state.ts';
import type { StartPosition } from '../reader/start-positions.ts';
import type { Store, StoredPartition } from './store.ts';

const MOST_AT_ONCE = 500;

export function createMemoryReader(store: Store, options: ReaderOptions): Reader {
  const partitions = options.topics.flatMap((topic) => {
    const found = store.partitions(topic);
    if (found === undefined) throw new LogError('ERR_LOG_UNKNOWN_TOPIC', `the topic ${topic} does not exist`);
    return [...found];
  });
  const starts = partitions.map((partition) => startOf(partition, options.from));
  const state = createReadState(starts);
  const nexts = new Map(partitions.map((partition, index) => [partition, Number(starts[index]?.offset)]));
  const pumped = new Set<StoredPartition>();
  const { promise: done, resolve: finish, reject } = Promise.withResolvers<void>();
  done.catch(() => undefined);
  let running = true;

  function end(error?: unknown): void {
    if (!running) return;
    running = false;
    stopListening();
    state.abandon(error ?? new LogError('ERR_LOG_CLOSED', 'the reader was stopped before it caught up'));
    if (error === undefined) finish();
    else reject(error);
  }

  async function pump(partition: StoredPartition): Promise<void> {
    // The pump of the partition reads up to the end.
    if (pumped.has(partition)) return;
    pumped.add(partition);
    let next = nexts.get(partition) ?? 0;
    while (running && next < partition.records.length) {
      const records = partition.records.slice(next, next + MOST_AT_ONCE);
      await handOver(records);
      next += records.length;
      nexts.set(partition, next);
      state.advance({ topic: partition.topic, partition: partition.partition, offset: BigInt(next) });
    }
    pumped.delete(partition);
  }

  async function handOver(records: readonly LogRecord[]): Promise<void> {
    try {
      await options.onRecords(records);
    } catch (error) {
      throw new LogError('ERR_LOG_HANDLER_FAILED', 'the handler of records threw', { cause: error });
    }
  }

  // Never inside the call of an appender.
  const start = (partition: StoredPartition): void => {
    setImmediate(() => {
      if (running) pump(partition).catch(end);
    });
  };
  const mine = new Set(partitions);
  const stopListening = store.onAppend((partition) => {
    if (mine.has(partition)) start(partition);
  });
  for (const partition of partitions) start(partition);
  return { caughtUp: state.caughtUp, done, stop: async () => end() };
}

function startOf({ topic, partition, records }: StoredPartition, from: ReadFrom): StartPosition {
  const end = BigInt(records.length);
  const at = (offset: bigint): StartPosition => ({ topic, partition, offset, end });
  if (from === 'beginning') return at(0n);
  if (from === 'end') return at(end);
  if ('timestamp' in from) return at(records.find(({ timestamp }) => timestamp >= from.timestamp)?.offset ?? end);
  const wanted = from.offsets.find((each) => each.topic === topic && each.partition === partition);
  return at(wanted?.offset ?? 0n);
}
