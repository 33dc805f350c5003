import type { Clock } from '../clock.ts';
import { decodeDoneRuns, encodeDoneRuns } from '../group/commit-metadata.ts';
import { createPartitionIntake, type PartitionIntake } from '../group/partition-intake.ts';
import { LogError } from '../kafkajs/errors/log-error.ts';
import type { Consumer, ConsumerOptions, Delivered } from '../log.ts';
import { keyOf } from '../partition-key.ts';
import type { Store, StoredPartition } from './store.ts';

const DEFAULT_DRAIN_MS = 10_000;

/** The only member of its group: it has every partition, from its first moment on, and commits at once. */
export function createMemoryConsumer(store: Store, options: ConsumerOptions, clock: Clock): Consumer {
  const partitions = options.topics.flatMap((topic) => {
    const found = store.partitions(topic);
    if (found === undefined) throw new LogError('ERR_LOG_UNKNOWN_TOPIC', `the topic ${topic} does not exist`);
    return [...found];
  });
  if (store.members.has(options.groupId)) throw new Error(`the group ${options.groupId} has a member already`);
  store.members.add(options.groupId);
  const commits = store.commits(options.groupId);
  const { promise: done, resolve: finish, reject } = Promise.withResolvers<void>();
  done.catch(() => undefined);
  let taking = true;
  let ended = false;
  let drained: (() => void) | undefined;

  const intakes = new Map<StoredPartition, PartitionIntake>(partitions.map((partition) => [partition, createIntake(partition)]));

  function createIntake(stored: StoredPartition): PartitionIntake {
    const committed = commits.get(keyOf(stored));
    return createPartitionIntake({
      topic: stored.topic,
      partition: stored.partition,
      start: committed?.offset ?? 0n,
      doneRuns: decodeDoneRuns(committed?.metadata ?? '') ?? [],
      dueAt: options.dueAt,
      maxOpen: options.maxOpenPerPartition,
      maxOpenBytes: options.maxOpenBytesPerPartition,
      clock,
      pause: () => undefined,
      resume: () => offerSoon(stored),
      onRecord: (delivered) => handOver(stored, delivered),
    });
  }

  function handOver(stored: StoredPartition, delivered: Delivered): void {
    try {
      options.onRecord({
        record: delivered.record,
        done() {
          delivered.done();
          commit(stored);
        },
      });
    } catch (error) {
      end();
      reject(new LogError('ERR_LOG_HANDLER_FAILED', 'a handler of the consumer threw', { cause: error }));
    }
  }

  function commit(stored: StoredPartition): void {
    const intake = intakes.get(stored);
    const change = intake?.pendingCommit();
    if (intake === undefined || change === undefined) return;
    commits.set(keyOf(stored), { offset: change.offset, metadata: encodeDoneRuns(change.doneRuns) });
    intake.committed(change);
    if (openCount() === 0) drained?.();
  }

  // Never inside the call of an appender or of a finisher.
  function offerSoon(stored: StoredPartition): void {
    setImmediate(() => {
      const intake = intakes.get(stored);
      if (taking && intake !== undefined) intake.offer(stored.records.slice(Number(intake.next())));
    });
  }

  const openCount = (): number => [...intakes.values()].reduce((sum, intake) => sum + intake.open(), 0);

  function end(): void {
    ended = true;
    taking = false;
    stopListening();
    for (const intake of intakes.values()) intake.close();
    store.members.delete(options.groupId);
  }

  async function stop(drainMs: number): Promise<void> {
    taking = false;
    for (const intake of intakes.values()) intake.halt();
    if (openCount() > 0 && !ended) {
      await new Promise<void>((resolve) => {
        const cancel = clock.after(drainMs, resolve);
        drained = () => {
          cancel();
          resolve();
        };
      });
    }
    end();
    // Without effect after a failure.
    finish();
  }

  const stopListening = store.onAppend((stored) => {
    if (intakes.has(stored)) offerSoon(stored);
  });
  for (const stored of partitions) offerSoon(stored);

  let stopped: Promise<void> | undefined;
  return {
    assigned: () => partitions.map(({ topic, partition }) => ({ topic, partition })),
    healthy: () => taking,
    mayBegin: () => !ended,
    stop({ drainMs = DEFAULT_DRAIN_MS } = {}) {
      stopped ??= stop(drainMs);
      return stopped;
    },
    done,
  };
}
