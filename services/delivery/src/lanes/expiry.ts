import { createFifo } from './fifo.ts';

/** Remembers lanes by the time at which a job that they queued has waited for too long. Costs the same however many lanes there are. */
export interface Expiry<T> {
  /** The lane queues a job. */
  queued(lane: T, now: number): void;
  /** Takes out the lanes that queued jobs `patienceMs` ago or earlier; a lane may come up to 250 ms later. */
  due(now: number): readonly T[];
}

/** Jobs queued within one span of time are looked at together. */
const SPAN_MS = 250;

interface Span<T> {
  readonly until: number;
  readonly lanes: Set<T>;
}

export function createExpiry<T>(patienceMs: number): Expiry<T> {
  const spans = createFifo<Span<T>>();
  let last: Span<T> | undefined;
  return {
    queued: (lane, now) => {
      if (last === undefined || now >= last.until) {
        last = { until: now + SPAN_MS, lanes: new Set() };
        spans.push(last);
      }
      last.lanes.add(lane);
    },
    due: (now) => {
      const found: T[] = [];
      for (let span = spans.peek(); span !== undefined && span.until + patienceMs <= now; span = spans.peek()) {
        found.push(...span.lanes);
        spans.shift();
        if (span === last) last = undefined;
      }
      return found;
    },
  };
}
