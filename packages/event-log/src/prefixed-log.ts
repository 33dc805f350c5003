import type { Appender, Consumer, ConsumerOptions, LogAdmin, LogRecord, OutRecord, Position, ProcessorOptions, Step } from './log.ts';
import type { KafkaLog } from './transactional-log.ts';

/**
 * The same log with a prefix before every topic, group and transactional id in Kafka, and without it on this side.
 *
 * The prefix is added at this one place, so a process cannot forget it for a name, and what it stores and shows does not
 * depend on it: an event refers to its raw record by the same text in every deployment, and metrics have the same labels.
 * Only what Kafka's own client says has Kafka's names: log lines and error texts of this package, and the names in the
 * result of `applyTopics`, which operators look for in Kafka.
 */
export function prefixNames(log: KafkaLog, prefix: string): KafkaLog {
  const names = createNames(prefix);
  return {
    appender: async (options) => prefixAppender(await log.appender(options), names),
    reader: ({ topics, from, onRecords }) =>
      log.reader({
        topics: topics.map(names.outer),
        from: typeof from === 'object' && 'offsets' in from ? { offsets: from.offsets.map(names.toOuter) } : from,
        onRecords: (records) => onRecords(records.map(names.toInner)),
      }),
    consumer: async (options) => prefixConsumer(await log.consumer(prefixConsumerOptions(options, names)), names),
    admin: async () => prefixAdmin(await log.admin(), names),
    processor: async (options) => {
      const processor = await log.processor(prefixProcessorOptions(options, names));
      return { ...processor, assigned: () => processor.assigned().map(names.toInner) };
    },
    fencedWriter: async (transactionalId) => {
      const writer = await log.fencedWriter(names.outer(transactionalId));
      return {
        stop: () => writer.stop(),
        run: async (decide) => {
          const outcome = await writer.run(async () => (await decide()).map(names.toOuter));
          return outcome.ok ? { ok: true, positions: outcome.positions.map(names.toInner) } : outcome;
        },
      };
    },
    applyTopics: (topics, { lastApplied, ...options } = {}) =>
      log.applyTopics(
        topics.map((topic) => ({ ...topic, name: names.outer(topic.name) })),
        lastApplied === undefined
          ? options
          : { ...options, lastApplied: new Map([...lastApplied].map(([topic, settings]) => [names.outer(topic), settings])) },
      ),
    describeCluster: () => log.describeCluster(),
  };
}

interface Names {
  readonly outer: (name: string) => string;
  /** With the name of the topic as it is in Kafka. */
  readonly toOuter: <Each extends { readonly topic: string }>(each: Each) => Each;
  /** With the name of the topic as this process knows it. */
  readonly toInner: <Each extends { readonly topic: string }>(each: Each) => Each;
}

function createNames(prefix: string): Names {
  return {
    outer: (name) => `${prefix}${name}`,
    toOuter: (each) => ({ ...each, topic: `${prefix}${each.topic}` }),
    toInner: (each) => ({ ...each, topic: each.topic.slice(prefix.length) }),
  };
}

function prefixAppender(appender: Appender, { toOuter, toInner }: Names): Appender {
  return {
    async append(record, options) {
      const outcome = await appender.append(toOuter(record), options);
      return outcome.ok ? { ok: true, position: toInner(outcome.position) } : outcome;
    },
    available: () => appender.available(),
    stop: (options) => appender.stop(options),
  };
}

function prefixConsumerOptions(options: ConsumerOptions, { outer, toInner }: Names): ConsumerOptions {
  const { groupId, topics, onRecord, dueAt, onLost, ...others } = options;
  return {
    ...others,
    groupId: outer(groupId),
    topics: topics.map(outer),
    onRecord: (delivered) => onRecord({ record: toInner(delivered.record), done: () => delivered.done() }),
    ...(dueAt === undefined ? {} : { dueAt: (record) => dueAt(toInner(record)) }),
    ...(onLost === undefined ? {} : { onLost: (partitions) => onLost(partitions.map(toInner)) }),
  };
}

function prefixConsumer(consumer: Consumer, { toInner }: Names): Consumer {
  return { ...consumer, assigned: () => consumer.assigned().map(toInner) };
}

function prefixAdmin(admin: LogAdmin, { outer, toInner }: Names): LogAdmin {
  return {
    endOffsets: async (topic) => (await admin.endOffsets(outer(topic))).map(toInner),
    beginOffsets: async (topic) => (await admin.beginOffsets(outer(topic))).map(toInner),
    committed: async (groupId, topic) => (await admin.committed(outer(groupId), outer(topic))).map(toInner),
    stop: () => admin.stop(),
  };
}

function prefixProcessorOptions(options: ProcessorOptions, names: Names): ProcessorOptions {
  const { groupId, topics, outputTopics, process, onFenced, ...others } = options;
  const { outer, toOuter, toInner } = names;
  return {
    ...others,
    groupId: outer(groupId),
    topics: topics.map(outer),
    outputTopics: outputTopics.map(outer),
    process: (record, cursor) => {
      const steps = process(toInner(record), cursor);
      // Synchronous steps stay synchronous: a promise for each of them would cost every record a turn of the event loop.
      return Symbol.asyncIterator in steps ? prefixStepsLater(steps, toOuter) : prefixSteps(steps, toOuter);
    },
    ...(onFenced === undefined
      ? {}
      : { onFenced: (at: Position, readBack: ReadBack) => onFenced(toInner(at), (from) => stripRecords(readBack(from), toInner)) }),
  };
}

type ReadBack = (fromOffset: bigint) => AsyncIterable<readonly LogRecord[]>;

function* prefixSteps(steps: Iterable<Step>, toOuter: (record: OutRecord) => OutRecord): Iterable<Step> {
  for (const step of steps) yield { ...step, records: step.records.map(toOuter) };
}

async function* prefixStepsLater(steps: AsyncIterable<Step>, toOuter: (record: OutRecord) => OutRecord): AsyncIterable<Step> {
  for await (const step of steps) yield { ...step, records: step.records.map(toOuter) };
}

async function* stripRecords(batches: AsyncIterable<readonly LogRecord[]>, toInner: (record: LogRecord) => LogRecord) {
  for await (const records of batches) yield records.map(toInner);
}
