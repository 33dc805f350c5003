/** What the sender wrote down of one request. */
export interface SentFact {
  /** Text that stands in the body of this request alone and comes through to the event. */
  readonly marker: string;
  readonly source: string;
  /** SHA-256 of the body in hex. */
  readonly bodyHash: string;
  /** Event types it must become, in the order of the events; none where the sender is sent to another region. */
  readonly eventTypes: readonly string[];
  /** Answered status; null where the connection was cut or timed out, which promises nothing. */
  readonly status: number | null;
}

/** What a receiver wrote down of one request. */
export interface ReceivedFact {
  readonly webhookId: string;
  readonly bodyHash: string;
  readonly eventId: string;
  /** Markers found in the body. */
  readonly markers: readonly string[];
  /** Path of the endpoint. */
  readonly path: string;
  /** Status it answered; null where it hung or cut. */
  readonly status: number | null;
}

/** An install as it stood during the whole run. */
export interface InstallFact {
  readonly installId: string;
  /** Most retries by event type it names. */
  readonly webhooks: Readonly<Record<string, number>>;
}

export interface PositionFact {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

export interface RawFact extends PositionFact {
  readonly key: string;
  readonly notificationId: string;
  readonly source: string;
  readonly bodyHash: string;
  readonly dedupeKey: string;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  readonly disposition: string;
}

export interface EventFact extends PositionFact {
  readonly key: string;
  readonly eventId: string;
  readonly type: string;
  /** Position of its raw record as the event tells it: topic-partition-offset. */
  readonly raw: string;
  /** The decoded record as JSON text. */
  readonly text: string;
  readonly valueHash: string;
}

export interface RejectedFact extends PositionFact {
  /** Position of the raw record. */
  readonly raw: string;
  readonly code: string;
}

export interface DeliveryFact extends PositionFact {
  readonly deliveryId: string;
  readonly installId: string;
  readonly eventId: string;
  readonly run: string;
  readonly attempts: number;
  /** Hash of the value: the event's bytes, passed through unchanged. */
  readonly valueHash: string;
}

export interface DeadFact extends DeliveryFact {
  readonly code: string;
}

export interface OutcomeFact extends PositionFact {
  readonly deliveryId: string;
  readonly run: string;
  readonly installId: string;
  readonly attempt: number;
  readonly outcome: string;
  readonly terminal: boolean;
  readonly code: string | null;
}

export interface LagFact {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  /** Next offset the group will read; null where it never committed. */
  readonly committed: number | null;
  /** Offset after the last record; the marks of transactions that stand behind it do not count. */
  readonly end: number;
}

/** All that the checker looks at: logs of sender and receivers, and topics read by a foreign client. */
export interface Evidence {
  readonly sent: readonly SentFact[];
  readonly received: readonly ReceivedFact[];
  readonly installs: readonly InstallFact[];
  readonly raw: readonly RawFact[];
  readonly events: readonly EventFact[];
  readonly rejected: readonly RejectedFact[];
  readonly pending: readonly DeliveryFact[];
  readonly retries: readonly DeliveryFact[];
  readonly dead: readonly DeadFact[];
  readonly outcomes: readonly OutcomeFact[];
  /** Empty while the run is in motion. */
  readonly lags: readonly LagFact[];
  /**
   * How often deliveries may have changed hands while they were attempted, for a process was killed, stood still or joined:
   * each may repeat the attempts that were in flight.
   */
  readonly deliveryHandovers: number;
  /** Whether the last fault has healed and the time for the backlog has passed. */
  readonly atRest: boolean;
}
