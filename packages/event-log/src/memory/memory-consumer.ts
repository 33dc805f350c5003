import type { Clock } from '../clock.ts';
import { decodeDoneRuns, encodeDoneRuns } from '../group/commit-metadata.ts';
import { createPartitionIntake, type PartitionIntake, type PartitionIntakeOptions } from '../group/partition-intake.ts';
import { LogError } from '../kafkajs/errors/log-error.ts';
import type { Consumer, ConsumerOptions, Delivered } from '../log.ts';
import { keyOf } from '../partition-key.ts';
import type { Store, StoredPartition } from './store.ts';

const DEFAULT_DRAIN_MS = 10_000;

/** The only member of its group: it has every partition from its start, and commits at once. */
export function createMemoryConsumer(store: Store, options: ConsumerOptions, clock: Clock): Consumer {
  const partitions = options.topics.flatMap((topic) => [...store.existing(topic)]);
  if (store.members.has(options.groupId)) throw new Error(`the group ${options.groupId} has a member already`);
  store.members.add(options.groupId);
  const commits = store.commits(options.groupId);
  const { promise: done, resolve: finish, reject } = Promise.withResolvers<void>();
  done.catch(() => undefined);
  let taking = true;
  let ended = false;
  let drained: (() => void) | undefined;

  const intakes = new Map<StoredPartition, PartitionIntake>(
    partitions.map((stored) => {
      const resume = () => offerSoon(stored);
      const onRecord = (delivered: Delivered) => handOver(stored, delivered);
      return [stored, createIntake(stored, commits.get(keyOf(stored)), options, { clock, resume, onRecord })];
    }),
  );

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
    commits.set(keyOf(stored), { offset: change.offset, metadata: encodeDoneRuns(change.offset, change.doneRuns) });
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

function createIntake(
  { topic, partition }: StoredPartition,
  committed: { readonly offset: bigint; readonly metadata: string } | undefined,
  { dueAt, maxOpenPerPartition: maxOpen, maxOpenBytesPerPartition: maxOpenBytes }: ConsumerOptions,
  handlers: Pick<PartitionIntakeOptions, 'clock' | 'resume' | 'onRecord'>,
): PartitionIntake {
  const start = committed?.offset ?? 0n;
  const doneRuns = (committed && decodeDoneRuns(committed)) ?? [];
  return createPartitionIntake({ topic, partition, start, doneRuns, dueAt, maxOpen, maxOpenBytes, pause: () => undefined, ...handlers });
}
