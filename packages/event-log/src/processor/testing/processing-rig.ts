import { Readable } from 'node:stream';
import type { LogRecord, Position, ProcessorOptions, Step, TopicPartition } from '../../log.ts';
import { type LogLogger, silentLogger } from '../../logger.ts';
import { createManualClock } from '../../testing/manual-clock.ts';
import type { GroupMember } from '../../wire/group-member.ts';
import { createPartitionInput, type PartitionInput, type PartitionInputOptions } from '../partition-input.ts';
import { startProcessorLoops } from '../processor-loops.ts';
import { createFakeGroupLog } from './fake-group-log.ts';

const TOPIC = 'in';

/** A record of the input at an offset. */
export const record = (offset: number, partition = 3): LogRecord => ({
  topic: TOPIC,
  partition,
  offset: BigInt(offset),
  timestamp: 0,
  key: Buffer.from('k'),
  value: Buffer.from(partition === 3 ? `v${offset}` : `${partition}:${offset}`),
  headers: [],
});

export const records = (count: number, partition?: number): LogRecord[] =>
  Array.from({ length: count }, (_, offset) => record(offset, partition));

/** Writes the value of a record to the output. */
export const copy = ({ key, value }: LogRecord): readonly Step[] => [{ records: [{ topic: 'out', key: key ?? Buffer.alloc(0), value }] }];

export interface RigOptions extends Partial<PartitionInputOptions> {
  readonly partitions?: readonly number[];
  readonly bounds?: ProcessorOptions['bounds'];
  readonly instanceId?: string;
  readonly log?: ReturnType<typeof createFakeGroupLog>;
}

/** Inputs, the loops that commit them, and a group without kafkajs. */
export function setUpProcessing({ partitions = [3], bounds, instanceId, log = createFakeGroupLog(), ...more }: RigOptions = {}) {
  const clock = createManualClock();
  const fenced: Position[] = [];
  const seen = {
    takenOver: 0,
    timedOut: 0,
    paused: [] as boolean[],
    fatal: [] as unknown[],
    refused: [] as GroupMember[],
    logged: [] as object[],
  };
  const logger: LogLogger = {
    ...silentLogger,
    warn: (fields, message) => void seen.logged.push({ ...(fields as object), message }),
    ...more.logger,
  };
  let member: GroupMember | undefined;
  const inputs = new Map<number, PartitionInput>();
  const loops = startProcessorLoops({
    options: {
      groupId: 'group',
      bounds: { maxRecords: 2, maxBytes: 1_000_000, maxAgeMs: 1_000, ...bounds },
      instanceId,
      onTimedOut: () => {
        seen.timedOut += 1;
      },
    },
    slot: instanceId ?? 'fresh',
    openProducer: log.open,
    inputs: () => [...inputs.values()],
    member: () => member,
    onNotMember: (refused) => {
      seen.refused.push(refused);
      if (member === refused) member = undefined;
    },
    clock,
    logger,
  });

  function create(partition: number): PartitionInput {
    return createPartitionInput({
      process: copy,
      onFenced: (at) => void fenced.push(at),
      buffer: { maxRecords: 8, maxBytes: 1_000_000 },
      startWithoutOffset: async () => 0n,
      startsAtEnd: false,
      readBack: () => Readable.from([]),
      setPaused: (paused) => void seen.paused.push(paused),
      seek: () => undefined,
      onFatal: (error) => void seen.fatal.push(error),
      wake: loops.wake,
      clock,
      ...more,
      topic: TOPIC,
      partition,
      logger,
    });
  }

  /** A generation of the group in which this member has these partitions. */
  function join(owned: readonly number[], memberId = 'member'): void {
    member = { memberId, generationId: log.state.generation };
    for (const [partition, input] of inputs) {
      if (owned.includes(partition)) input.unsettle();
      else {
        inputs.delete(partition);
        input.close();
      }
    }
    for (const partition of owned) {
      if (!inputs.has(partition)) inputs.set(partition, create(partition));
    }
    loops.wake();
  }

  join(partitions);
  const input = (partition = partitions[0] as number): PartitionInput => inputs.get(partition) as PartitionInput;
  return {
    ...log,
    ...seen,
    seen,
    clock,
    fenced,
    loops,
    input,
    join,
    committed: (partition = partitions[0] as number) => log.state.committed.get(`${TOPIC}/${partition}`)?.offset,
    metadata: (partition = partitions[0] as number) => log.state.committed.get(`${TOPIC}/${partition}`)?.metadata,
    at: (partition = partitions[0] as number): TopicPartition => ({ topic: TOPIC, partition }),
    healthy: () => loops.healthy() && [...inputs.values()].every((each) => each.healthy()),
    /** As a processor stops. */
    async stop() {
      await loops.stop();
      for (const each of inputs.values()) each.close();
    },
  };
}
