import { type Codec, eventTopics, eventTypes, isEventType, type Topic, topics } from '@switchboard/contracts';
import type { EventLog, ReadFrom } from '@switchboard/event-log';
import type { Output } from '../output.ts';
import { UsageError } from '../usage-error.ts';
import { type RecordView, viewRecord } from './record-view.ts';

export interface TailOptions {
  /** A topic or an event type. */
  readonly subject: string;
  readonly from: ReadFrom;
  /** Ends after so many records; goes on for ever without. */
  readonly limit?: number;
  /** Ends when all that stood in the topics was shown. */
  readonly once?: boolean;
  readonly signal: AbortSignal;
}

/** Prints the records of a topic, or of an event type, decoded, as they come. */
export async function tail(log: Pick<EventLog, 'reader'>, codec: Codec, output: Output, options: TailOptions): Promise<void> {
  const names = topicsOf(options.subject);
  const type = isEventType(options.subject) ? options.subject : undefined;
  const ended = new AbortController();
  let shown = 0;
  const reader = await log.reader({
    topics: names,
    from: options.from,
    async onRecords(records) {
      for (const record of records) {
        const view = await viewRecord(record, codec);
        // The handlers of other partitions run while it waits.
        if (ended.signal.aborted) return;
        if (type !== undefined && view.type !== type) continue;
        output.line(describe(view), view);
        shown += 1;
        if (shown === options.limit) ended.abort();
      }
    },
  });
  const stopped = [aborted(ended.signal), aborted(options.signal), reader.done];
  await Promise.race(options.once === true ? [...stopped, reader.caughtUp] : stopped);
  await reader.stop();
}

/** Topics that hold a subject; throws UsageError where it is neither a topic nor an event type. */
export function topicsOf(subject: string): readonly string[] {
  if (isEventType(subject)) {
    const { topic } = eventTypes[subject];
    return topic === null ? eventTopics.map(({ name }) => name) : [topic];
  }
  const known: readonly Topic[] = Object.values(topics);
  const found = known.find(({ name }) => name === subject);
  if (found !== undefined) return [found.name];
  const choices = [...known.map(({ name }) => name), ...Object.keys(eventTypes)];
  throw new UsageError(`"${subject}" is neither a topic nor an event type; known are:\n  ${choices.join('\n  ')}`);
}

function describe({ time, topic, partition, offset, key, type, value }: RecordView): string {
  return `${time} ${topic}-${partition}-${offset} ${key ?? '(no key)'} ${type ?? '(tombstone)'} ${JSON.stringify(value)}`;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
