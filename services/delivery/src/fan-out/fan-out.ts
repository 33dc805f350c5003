import type { InstallView } from '@switchboard/app-installs';
import {
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
import type { LogRecord, OutRecord, Slice } from '@switchboard/event-log';
import { readEvent } from '../attempts/read-event.ts';

export interface FanOutParts {
  readonly view: Pick<InstallView, 'matching' | 'names'>;
  readonly codec: Codec;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told of a record in an event topic that is no event: it has no deliveries. */
  readonly onUnreadable: (record: LogRecord, cause: unknown) => void;
  readonly onMatched: (type: string, deliveries: number) => void;
}

/** The run of deliveries that come from live events. */
export const LIVE_RUN = '0';

/** Key of a delivery: what it shares with the deliveries it must not overtake where order is kept. Install ids hold no colon. */
export function deliveryKey(installId: string, eventKey: string): Buffer {
  return Buffer.from(`${installId}:${eventKey}`, 'utf8');
}

/**
 * One pending delivery for each event and install that receives it, the event's bytes and headers passed on unchanged.
 * Throws where an event cannot be read now: the partition then waits.
 */
export function createFanOut({ view, codec, now, onUnreadable, onMatched }: FanOutParts) {
  async function deliveriesOf(record: LogRecord): Promise<readonly OutRecord[]> {
    const { key, value, headers } = record;
    const type = headerText(headers, headerNames.eventType);
    if (key === null || value === null || type === undefined) {
      onUnreadable(record, new TypeError('the record has no key, no value or no event type'));
      return [];
    }
    if (!isEventType(type)) {
      // A newer build's type: only that build can deliver it, and it must not be lost to the installs that name it.
      if (view.names(type)) throw new Error(`an install names ${type}, which this build does not know`);
      return [];
    }
    const read = await readEvent({ value, eventType: type }, codec);
    if (read.kind === 'not-now') throw read.cause;
    if (read.kind === 'unreadable') {
      onUnreadable(record, read.cause);
      return [];
    }
    const { event } = read;
    const installs = view.matching(event);
    onMatched(type, installs.length);
    const at = now();
    return installs.map((install): OutRecord => {
      const state: DeliveryState = {
        deliveryId: deliveryIdOf(event.record.eventId, install.installId),
        installId: install.installId,
        installVersion: install.version,
        attempts: 0,
        deferrals: 0,
        run: LIVE_RUN,
        firstAt: at,
        bodyVersion: currentBodyVersion,
      };
      const pendingKey = deliveryKey(install.installId, key.toString('utf8'));
      return { topic: topics.pending.name, key: pendingKey, value, headers: deliveryHeaders.write(headers, state), timestamp: at };
    });
  }

  return {
    process: async (slice: Slice): Promise<readonly OutRecord[]> => {
      const deliveries: OutRecord[] = [];
      for (const record of slice.records) deliveries.push(...(await deliveriesOf(record)));
      return deliveries;
    },
  };
}
