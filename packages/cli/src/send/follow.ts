import { startInstallView } from '@switchboard/app-installs';
import { type Codec, eventTopics, type RawNotification, topics } from '@switchboard/contracts';
import type { EventLog } from '@switchboard/event-log';
import { sourceById } from '@switchboard/sources';
import { createTracing, readTrace, type Trace, type Tracing } from './trace.ts';

/** Traces kept for notifications whose cause is read later than their effect. */
const KEPT_TRACES = 2_000;

/** Follows notifications from the raw topic to the end of their deliveries. */
export interface Follower {
  /** Waits until every delivery of the notification with this body has ended. False where `timeoutMs` pass before. */
  follow(source: string, body: Buffer, onTrace: (trace: Trace) => void, timeoutMs: number): Promise<boolean>;
  /** Ends the waits that are still on, with false. */
  stop(): Promise<void>;
}

interface Followed {
  readonly tracing: Tracing;
  readonly onTrace: (trace: Trace) => void;
  readonly end: (complete: boolean) => void;
}

/** Reads from the end of the topics: start it before the notification is sent. */
export async function startFollower(log: EventLog, codec: Codec): Promise<Follower> {
  const followed = new Set<Followed>();
  const traces: Trace[] = [];
  const installs = await startInstallView({ log, codec });

  function look(one: Followed): void {
    for (const trace of one.tracing.pick(traces)) one.onTrace(trace);
    if (one.tracing.complete()) one.end(true);
  }

  const reader = await log.reader({
    topics: [topics.raw.name, ...eventTopics.map(({ name }) => name), topics.rejected.name, topics.outcomes.name],
    from: 'end',
    async onRecords(records) {
      for (const record of records) {
        if (record.value === null) continue;
        await codec.ensure(record.value);
        const trace = readTrace(record, codec.decodeAny(record.value));
        if (trace !== undefined) traces.push(trace);
      }
      traces.splice(0, traces.length - KEPT_TRACES);
      for (const one of [...followed]) look(one);
    },
  });

  return {
    follow: (source, body, onTrace, timeoutMs) =>
      new Promise((resolve) => {
        const end = (complete: boolean): void => {
          clearTimeout(timer);
          followed.delete(one);
          resolve(complete);
        };
        const timer = setTimeout(() => end(false), timeoutMs);
        const tracing = createTracing({ source, body, eventsOf, installsOf: (event) => installs.matching(event) });
        const one: Followed = { tracing, onTrace, end };
        followed.add(one);
        look(one);
      }),
    async stop() {
      // A wait that goes on would keep the process alive for the rest of its time.
      for (const one of [...followed]) one.end(false);
      await Promise.all([reader.stop(), installs.stop()]);
    },
  };
}

function eventsOf(notification: RawNotification): number {
  const outcome = sourceById(notification.source)?.normalize(notification);
  return outcome?.kind === 'events' ? outcome.events.length : Number.POSITIVE_INFINITY;
}
