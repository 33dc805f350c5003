import type { InstallView } from '@switchboard/app-installs';
import {
  type AnyEvent,
  type Codec,
  currentBodyVersion,
  type DeliveryState,
  deliveryHeaders,
  deliveryIdOf,
  headerNames,
  headerText,
  isEventType,
  topics,
} from '@switchboard/contracts';
import type { LogRecord, OutRecord, ProcessorOptions, Step } from '@switchboard/event-log';
import { readEvent } from '../attempts/read-event.ts';

export interface FanOutParts {
  readonly view: Pick<InstallView, 'matching' | 'names'>;
  readonly codec: Codec;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told of a record in an event topic that is no event: it has no deliveries. */
  readonly onUnreadable: (record: LogRecord, cause: unknown) => void;
  /** Told of each event, once unless its transaction fails. */
  readonly onEvent: (type: string) => void;
  /** Told of each delivery that is made. */
  readonly onDelivery: (type: string) => void;
}

/** The run of deliveries that come from live events. */
export const LIVE_RUN = '0';

/** Key of a delivery: what it shares with the deliveries it must not overtake where order is kept. Install ids hold no colon. */
export function deliveryKey(installId: string, eventKey: string): Buffer {
  return Buffer.from(`${installId}:${eventKey}`, 'utf8');
}

/** Matching installs that are looked up at once: changes of installs count from the next look-up on. */
const INSTALLS_AT_ONCE = 100;

/**
 * One pending delivery for each event and install that receives it, the event's bytes and headers passed on unchanged, in
 * ascending order of the install ids. The cursor is the last install id done; the installs as they are now count: one that
 * changes while an event is continued may or may not receive that event. Throws where an event cannot be read now: the
 * partition then waits.
 */
export function createFanOut({ view, codec, now, onUnreadable, onEvent, onDelivery }: FanOutParts): Pick<ProcessorOptions, 'process'> {
  /** The event of the record; undefined where it has no deliveries. */
  async function eventOf(record: LogRecord): Promise<FannedOut | undefined> {
    const { key, value, headers } = record;
    const type = headerText(headers, headerNames.eventType);
    if (key === null || value === null || type === undefined) {
      onUnreadable(record, new TypeError('the record has no key, no value or no event type'));
      return undefined;
    }
    if (!isEventType(type)) {
      // A newer build's type: only that build can deliver it, and it must not be lost to the installs that name it.
      if (view.names(type)) throw new Error(`an install names ${type}, which this build does not know`);
      return undefined;
    }
    const read = await readEvent({ value, eventType: type }, codec);
    if (read.kind === 'not-now') throw read.cause;
    if (read.kind === 'event') return { event: read.event, key: key.toString('utf8'), value, headers };
    onUnreadable(record, read.cause);
    return undefined;
  }

  async function* process(record: LogRecord, cursor: string | undefined): AsyncGenerator<Step, undefined> {
    const fannedOut = await eventOf(record);
    if (fannedOut === undefined) return;
    const { event } = fannedOut;
    if (cursor === undefined) onEvent(event.type);
    let after = cursor;
    for (;;) {
      const installs = view.matching(event, { after, limit: INSTALLS_AT_ONCE });
      const isLast = installs.length < INSTALLS_AT_ONCE;
      for (const [index, { installId, version }] of installs.entries()) {
        onDelivery(event.type);
        const records = [deliveryOf(fannedOut, { installId, version, at: now() })];
        yield isLast && index === installs.length - 1 ? { records } : { records, cursor: installId };
      }
      if (isLast) return;
      after = installs.at(-1)?.installId;
    }
  }

  return { process };
}

interface FannedOut {
  readonly event: AnyEvent;
  readonly key: string;
  readonly value: Buffer;
  readonly headers: LogRecord['headers'];
}

function deliveryOf(
  { event, key, value, headers }: FannedOut,
  { installId, version, at }: { readonly installId: string; readonly version: number; readonly at: number },
): OutRecord {
  const state: DeliveryState = {
    deliveryId: deliveryIdOf(event.record.eventId, installId),
    installId,
    installVersion: version,
    attempts: 0,
    deferrals: 0,
    run: LIVE_RUN,
    firstAt: at,
    bodyVersion: currentBodyVersion,
  };
  return {
    topic: topics.pending.name,
    key: deliveryKey(installId, key),
    value,
    headers: deliveryHeaders.write(headers, state),
    timestamp: at,
  };
}
