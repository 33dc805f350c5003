import type { Trace } from './trace.ts';

/** One line for people. */
export function describeTrace(trace: Trace): string {
  switch (trace.kind) {
    case 'stored':
      return `stored at ${trace.position} as ${trace.notification.notificationId}, ${trace.notification.disposition}`;
    case 'event':
      return `event ${trace.event.type} ${trace.event.record.eventId}`;
    case 'rejected':
      return `makes no event: ${trace.rejected.code}`;
    case 'attempt': {
      const { installId, attempt, outcome, status, code, deliveryId } = trace.attempt;
      const why = [status === null ? '' : ` with ${status}`, code === null ? '' : `, ${code}`].join('');
      const counts = trace.duplicate === true ? ', a duplicate that does not count' : '';
      return `delivery ${deliveryId} to ${installId}: ${outcome} at attempt ${attempt}${why}${counts}`;
    }
    default:
      return trace satisfies never;
  }
}

/** The same for programs. */
export function traceJson(trace: Trace): object {
  switch (trace.kind) {
    case 'stored': {
      const { notificationId, disposition, dedupeKey, routingKey, app } = trace.notification;
      return { kind: 'stored', position: trace.position, notificationId, disposition, app, routingKey, dedupeKey };
    }
    case 'event':
      return { kind: 'event', type: trace.event.type, event: trace.event.record };
    case 'rejected':
      return { kind: 'rejected', rejected: trace.rejected };
    case 'attempt':
      return { kind: 'delivery', attempt: trace.attempt, duplicate: trace.duplicate === true };
    default:
      return trace satisfies never;
  }
}
