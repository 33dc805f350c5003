import {
  type AnyEvent,
  asEvent,
  createDuplicateCheck,
  type DecodedRecord,
  type DeliveryAttempt,
  deliveryIdOf,
  headerNames,
  headerText,
  type RawNotification,
  type RejectedNotification,
} from '@switchboard/contracts';
import type { LogRecord } from '@switchboard/event-log';

/** Something that became of a notification. */
export type Trace =
  | { readonly kind: 'stored'; readonly notification: RawNotification; readonly position: string }
  | { readonly kind: 'event'; readonly event: AnyEvent }
  | { readonly kind: 'rejected'; readonly rejected: RejectedNotification }
  | { readonly kind: 'attempt'; readonly attempt: DeliveryAttempt; readonly duplicate?: true };

/** What a record tells, whichever notification it is about. */
export function readTrace(record: LogRecord, decoded: DecodedRecord): Trace | undefined {
  switch (decoded.name) {
    case 'switchboard.notifications.v1.RawNotification':
      return { kind: 'stored', notification: decoded.value, position: `${record.topic}-${record.partition}-${record.offset}` };
    case 'switchboard.notifications.v1.RejectedNotification':
      return { kind: 'rejected', rejected: decoded.value };
    case 'switchboard.deliveries.v1.DeliveryAttempt':
      return { kind: 'attempt', attempt: decoded.value };
    default: {
      const event = asEvent(headerText(record.headers, headerNames.eventType) ?? '', decoded);
      return event === undefined ? undefined : { kind: 'event', event };
    }
  }
}

export interface Tracing {
  /** The traces among these that are about the notification, each given once, causes before effects. */
  pick(traces: readonly Trace[]): readonly Trace[];
  /** Whether every delivery of every event has ended, or the notification was rejected. */
  complete(): boolean;
}

export interface TracingOptions {
  readonly source: string;
  /** Body of the request: it tells the notification from others of its source. */
  readonly body: Buffer;
  /** How many events the notification becomes. */
  readonly eventsOf: (notification: RawNotification) => number;
  /** Installs that receive an event. */
  readonly installsOf: (event: AnyEvent) => readonly { readonly installId: string }[];
}

/** Follows one notification through traces that come in any order. */
export function createTracing({ source, body, eventsOf, installsOf }: TracingOptions): Tracing {
  let position: string | undefined;
  let eventsToCome = Number.POSITIVE_INFINITY;
  let rejected = false;
  const isDuplicate = createDuplicateCheck();
  const open = new Set<string>();
  const deliveries = new Set<string>();
  const picked = new Set<Trace>();

  function isMine(trace: Trace): boolean {
    switch (trace.kind) {
      case 'stored':
        return position === undefined && trace.notification.source === source && trace.notification.body.equals(body);
      case 'event':
        return position !== undefined && trace.event.record.raw === position;
      case 'rejected':
        return position !== undefined && `${trace.rejected.topic}-${trace.rejected.partition}-${trace.rejected.offset}` === position;
      case 'attempt':
        return deliveries.has(trace.attempt.deliveryId);
      default:
        return trace satisfies never;
    }
  }

  function take(trace: Trace): void {
    switch (trace.kind) {
      case 'stored':
        position = trace.position;
        eventsToCome = eventsOf(trace.notification);
        return;
      case 'event':
        eventsToCome -= 1;
        for (const { installId } of installsOf(trace.event)) {
          const id = deliveryIdOf(trace.event.record.eventId, installId);
          deliveries.add(id);
          open.add(id);
        }
        return;
      case 'rejected':
        rejected = true;
        return;
      case 'attempt':
        if (trace.attempt.terminal) open.delete(trace.attempt.deliveryId);
        return;
      default:
        trace satisfies never;
    }
  }

  return {
    pick(traces) {
      const mine: Trace[] = [];
      // Topics are read independently of each other, so an effect may be read before its cause: look again after each find.
      for (let found = true; found; ) {
        found = false;
        for (const trace of traces) {
          if (picked.has(trace) || !isMine(trace)) continue;
          take(trace);
          picked.add(trace);
          mine.push(trace.kind === 'attempt' && isDuplicate(trace.attempt) ? { ...trace, duplicate: true } : trace);
          found = true;
        }
      }
      return mine;
    },
    complete: () => rejected || (position !== undefined && eventsToCome <= 0 && open.size === 0),
  };
}
