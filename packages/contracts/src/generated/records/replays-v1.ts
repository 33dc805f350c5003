// Generated from schemas/*.avsc by `npm run generate`. Do not edit.

/** State of a replay; the newest record of its key counts. */
export interface Replay {
  /** Id of the replay; it is the record's key. */
  readonly replayId: string;
  /** Install that receives. */
  readonly installId: string;
  /** Event types replayed; empty means all the install names. */
  readonly types: readonly string[];
  /** Start of the span. */
  readonly from: number;
  /** End of the span. */
  readonly to: number;
  /** requested, running, completed, cancelled or failed. */
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
}

/** Replay as written. */
export type ReplayInput = Omit<Replay, 'types' | 'matched' | 'delivered' | 'progress' | 'code'> & Partial<Pick<Replay, 'types' | 'matched' | 'delivered' | 'progress' | 'code'>>;
