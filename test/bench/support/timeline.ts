import { eventTopics, headerNames, headerText, topics } from '@switchboard/contracts';
import type { LogRecord, Reader } from '@switchboard/event-log';
import type { BenchStack } from './bench-stack.ts';
import { preciseNow } from './clock.ts';

/** When what became of a message was seen in the log, by its conversation id; milliseconds since the epoch. */
export interface Timeline {
  /** Its event could be read: the normalizer's transaction is committed. */
  readonly eventReadable: ReadonlyMap<string, number>;
  /** The fan-out had the event in hand. */
  readonly fanOutBegan: ReadonlyMap<string, number>;
  /** Its delivery could be read: the fan-out's transaction is committed. */
  readonly pendingReadable: ReadonlyMap<string, number>;
  /** The first attempt began. */
  readonly attemptBegan: ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

/** Reads along with the services from now on. Of several deliveries of a message the first one counts. */
export async function watchTimeline(stack: BenchStack): Promise<Timeline> {
  const eventReadable = new Map<string, number>();
  const fanOutBegan = new Map<string, number>();
  const pendingReadable = new Map<string, number>();
  const attemptBegan = new Map<string, number>();
  const conversations = new Map<string, string>();

  const note = (times: Map<string, number>, conversation: string, at: number): void => {
    if (!times.has(conversation)) times.set(conversation, at);
  };
  const readers: Reader[] = await Promise.all([
    read(
      stack,
      eventTopics.map(({ name }) => name),
      ({ key }, at) => note(eventReadable, String(key), at),
    ),
    read(stack, [topics.pending.name], ({ headers, timestamp }, at) => {
      const conversation = headerText(headers, headerNames.subject) ?? '';
      conversations.set(headerText(headers, headerNames.deliveryId) ?? '', conversation);
      note(fanOutBegan, conversation, timestamp);
      note(pendingReadable, conversation, at);
    }),
    read(stack, [topics.outcomes.name], ({ value }) => {
      const outcome = stack.codec.decode('switchboard.deliveries.v1.DeliveryAttempt', value ?? Buffer.alloc(0));
      if (outcome.attempt === 1) note(attemptBegan, conversations.get(outcome.deliveryId) ?? '', outcome.startedAt);
    }),
  ]);
  return {
    eventReadable,
    fanOutBegan,
    pendingReadable,
    attemptBegan,
    stop: async () => void (await Promise.all(readers.map((reader) => reader.stop()))),
  };
}

function read(stack: BenchStack, names: readonly string[], take: (record: LogRecord, at: number) => void): Promise<Reader> {
  return stack.log.reader({
    topics: names,
    from: 'end',
    onRecords(records) {
      const at = preciseNow();
      for (const record of records) take(record, at);
    },
  });
}
