/** What the sender wrote down of one request. */
export interface SentFact {
  /** Text that stands in the body of this request alone and comes through to the event. */
  readonly marker: string;
  readonly source: string;
  /** Conversation or call that it is about, as the sender knows it: its events belong together and keep their order. */
  readonly subject: string;
  /** SHA-256 of the body in hex. */
  readonly bodyHash: string;
  /** Event types it must become, in the order of the events; none where the sender is sent to another region. */
  readonly eventTypes: readonly string[];
  /** Answered status; null where the connection was cut or timed out, which promises nothing. */
  readonly status: number | null;
}

/** What a receiver wrote down of one request. */
export interface ReceivedFact {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly webhookId: string;
  readonly bodyHash: string;
  readonly eventId: string;
  /** Markers found in the body. */
  readonly markers: readonly string[];
  /** Number of the attempt, as the request tells it. */
  readonly attempt: number;
  /** Path of the endpoint. */
  readonly path: string;
  /** Status it answered; null where it hung or cut. */
  readonly status: number | null;
}

/** An install as it stood during the whole run. */
export interface InstallFact {
  readonly installId: string;
  /** Tenants whose events alone it receives; absent where it receives those of all. */
  readonly tenants?: readonly string[];
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
  readonly source: string;
  readonly tenant: string | null;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  /** Ids in the content, as they are written there, that may be those of its subject. */
  readonly subjects: readonly string[];
  /** Markers in the content. */
  readonly markers: readonly string[];
  /** Hash of the content without what differs from one notification to another: numbers and ids. */
  readonly shape: string;
  /** Id of the schema that it was written with. */
  readonly schema: number;
  readonly valueHash: string;
}

export interface RejectedFact extends PositionFact {
  /** Position of the raw record. */
  readonly raw: string;
  readonly code: string;
}

export interface DeliveryFact extends PositionFact {
  readonly key: string;
  /** Position of the pending delivery, where a later record names it; '' in a pending one. */
  readonly origin: string;
  /** Hash of the headers that go unchanged through every attempt. */
  readonly carried: string;
  readonly deferrals: number;
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
  /** When the attempt began, or what came in its place; milliseconds since the epoch. */
  readonly startedAt: number;
  readonly deliveryId: string;
  readonly run: string;
  readonly installId: string;
  readonly attempt: number;
  readonly outcome: string;
  readonly terminal: boolean;
  readonly code: string | null;
  readonly deferrals: number;
  /** Topic in which the delivery waits for its next attempt. */
  readonly next: string | null;
  /** Position of the record that this came of. */
  readonly record: string;
}

/** A time in which deliveries may have changed hands, for a process was killed, stood still or joined. */
export interface HandoverFact {
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  /** How often: each time may repeat the attempts that were in flight. */
  readonly times: number;
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
  readonly handovers: readonly HandoverFact[];
  /** Most attempts that a process of the delivery service has on their way at a time. */
  readonly mostInFlight: number;
  /** Whether the last fault has healed and the time for the backlog has passed. */
  readonly atRest: boolean;
}
