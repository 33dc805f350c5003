// Generated from schemas/*.avsc by `npm run generate`. Do not edit.

/** One attempt of a delivery, or its end. */
export interface DeliveryAttempt {
  /** UUIDv5 of the event id and the install id; it is the record's key. */
  readonly deliveryId: string;
  /** 0 for the first run, else a replay id or redrive number. */
  readonly run: string;
  /** The event. */
  readonly eventId: string;
  /** The event's type. */
  readonly eventType: string;
  /** The install. */
  readonly installId: string;
  /** Version of the install that this attempt used. */
  readonly installVersion: number;
  /** Number of the attempt, from 1; 0 where none was made. */
  readonly attempt: number;
  /** How often the delivery was put off without an attempt. */
  readonly deferrals: number;
  /** delivered, failed, deferred, dead or skipped. */
  readonly outcome: string;
  /** Whether the delivery ends here. */
  readonly terminal: boolean;
  /** Why it did not succeed: a closed code. */
  readonly code: null | string;
  /** HTTP status where one came. */
  readonly status: null | number;
  /** When the attempt or the decision was made. */
  readonly startedAt: number;
  /** How long the attempt took. */
  readonly durationMs: number;
  /** Topic the delivery waits in. */
  readonly next: null | string;
  /** Position of the record that was worked on: topic-partition-offset. */
  readonly record: string;
  /** What happens next, of a closed set. wait: the delivery waits in the topic of next until nextAt; dead-letter: it is in deliveries.dead.v1 until it is redriven or discarded; end: it has ended. Null in records of earlier versions. */
  readonly nextStep: null | string;
  /** Until when the delivery waits: its next turn is not before that. */
  readonly nextAt: null | number;
  /** Where the webhook was: scheme, host, port and path, without the query. Null where there was none. */
  readonly endpoint: null | string;
  /** Conversation or call id of the event. */
  readonly subject: null | string;
  /** Microsoft tenant of the event. */
  readonly tenantId: null | string;
  /** The operator's app of the event. */
  readonly app: null | string;
  /** Inbound protocol of the event. */
  readonly source: null | string;
  /** W3C trace id, 32 hexadecimal digits. */
  readonly traceId: null | string;
  /** The notification that the event was made from. */
  readonly notificationId: null | string;
  /** Text of the first 1,024 bytes of the response body, for operators only: bytes that are not UTF-8 are U+FFFD, values of the install's own headers and of the endpoint's query are replaced by [redacted]. Null where no body was received. */
  readonly responseExcerpt: null | string;
}

/** DeliveryAttempt as written. */
export type DeliveryAttemptInput = Omit<DeliveryAttempt, 'run' | 'deferrals' | 'code' | 'status' | 'durationMs' | 'next' | 'nextStep' | 'nextAt' | 'endpoint' | 'subject' | 'tenantId' | 'app' | 'source' | 'traceId' | 'notificationId' | 'responseExcerpt'> & Partial<Pick<DeliveryAttempt, 'run' | 'deferrals' | 'code' | 'status' | 'durationMs' | 'next' | 'nextStep' | 'nextAt' | 'endpoint' | 'subject' | 'tenantId' | 'app' | 'source' | 'traceId' | 'notificationId' | 'responseExcerpt'>>;
