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
}

/** DeliveryAttempt as written. */
export type DeliveryAttemptInput = Omit<DeliveryAttempt, 'run' | 'deferrals' | 'code' | 'status' | 'durationMs' | 'next'> & Partial<Pick<DeliveryAttempt, 'run' | 'deferrals' | 'code' | 'status' | 'durationMs' | 'next'>>;
