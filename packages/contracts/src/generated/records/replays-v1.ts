// Generated from schemas/*.avsc by `npm run generate`. Do not edit.

/** Which events are replayed; an absent list admits all. */
export interface ReplayFilter {
  /** Event types admitted. */
  readonly types: null | readonly string[];
  /** Apps admitted. */
  readonly apps: null | readonly string[];
  /** Sources admitted. */
  readonly sources: null | readonly string[];
  /** Tenants admitted. */
  readonly tenants: null | readonly string[];
  /** Conversations and calls admitted. */
  readonly conversations: null | readonly string[];
}

/** A replay of past events to one install. The newest record of its key counts: the replay id for what the owner of the partition writes, <replay id>/request, in the same partition, for what the API asks of it. */
export interface Replay {
  /** Id of the replay; the record's key is this, or this and /request. */
  readonly replayId: string;
  /** Install that receives. */
  readonly installId: string;
  /** Event types replayed; empty means all the install names. Not looked at where filter is given. */
  readonly types: readonly string[];
  /** Start of the span; 0 where fromOffsets alone decides. */
  readonly from: number;
  /** End of the span; 0 where toOffsets alone decides. */
  readonly to: number;
  /** planned, running, paused, draining, completed, cancelled or failed; requested in records of earlier versions and where the owner has not begun. */
  readonly state: string;
  /** Events matched so far. */
  readonly matched: number;
  /** Deliveries handed over so far. */
  readonly delivered: number;
  /** Next offset by topic-partition. */
  readonly progress: Readonly<Record<string, number>>;
  /** Why it failed: a closed code. */
  readonly code: null | string;
  /** When it was asked for. */
  readonly requestedAt: number;
  /** This write. */
  readonly updatedAt: number;
  /** What the API asks for: create, pause, resume or cancel. Null in what the owner writes. */
  readonly request: null | string;
  /** The plan that the replay was started from. */
  readonly planId: null | string;
  /** Which events are replayed. */
  readonly filter: null | ReplayFilter;
  /** any, undelivered or dead: which of these events by what became of their live delivery. */
  readonly only: null | string;
  /** First offset by topic-partition, fixed at the request. */
  readonly fromOffsets: null | Readonly<Record<string, number>>;
  /** End offset, exclusive, by topic-partition of what is read, event topics and outcomes; fixed at the request. */
  readonly toOffsets: null | Readonly<Record<string, number>>;
  /** Most deliveries of the replay that are open at a time. */
  readonly window: null | number;
  /** Most deliveries handed over a second. */
  readonly ratePerSecond: null | number;
  /** same: the delivery ids of the live deliveries; fresh: ids of this replay. */
  readonly ids: null | string;
  /** Events matched, by event type and day: <event type>/<yyyy-mm-dd>, UTC. */
  readonly counts: null | Readonly<Record<string, number>>;
  /** Name of the token that asked for it. */
  readonly requestedBy: null | string;
  /** Idempotency-Key of the request that created it. */
  readonly idempotencyKey: null | string;
}

/** Replay as written. */
export type ReplayInput = Omit<Replay, 'types' | 'matched' | 'delivered' | 'progress' | 'code' | 'request' | 'planId' | 'filter' | 'only' | 'fromOffsets' | 'toOffsets' | 'window' | 'ratePerSecond' | 'ids' | 'counts' | 'requestedBy' | 'idempotencyKey'> & Partial<Pick<Replay, 'types' | 'matched' | 'delivered' | 'progress' | 'code' | 'request' | 'planId' | 'filter' | 'only' | 'fromOffsets' | 'toOffsets' | 'window' | 'ratePerSecond' | 'ids' | 'counts' | 'requestedBy' | 'idempotencyKey'>>;
