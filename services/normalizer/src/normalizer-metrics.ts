import type { ProcessorOptions } from '@switchboard/event-log';
import type { Metrics } from '@switchboard/runtime';
import type { NormalizedObserver } from './record-normalizer.ts';

/** Counts transactions that failed, by why. */
export function countFailed(metrics: Metrics): Required<Pick<ProcessorOptions, 'onTakenOver' | 'onTimedOut'>> {
  const takenOver = metrics.counter({
    name: 'normalizer_taken_over_total',
    help: 'Transactions that the group refused because the member was no longer in its current generation: some when partitions change hands.',
  });
  const timedOut = metrics.counter({
    name: 'normalizer_transactions_timed_out_total',
    help: 'Transactions that did not end within 10 s: each is tried again with half of its records.',
  });
  return { onTakenOver: () => takenOver.inc(), onTimedOut: () => timedOut.inc() };
}

/** Counts what became of raw records. Those of a transaction that fails are processed, and counted, again. */
export function observeNormalized(metrics: Metrics): NormalizedObserver {
  const events = metrics.counter({ name: 'normalizer_events_total', help: 'Events made, by source and type.', labels: ['source', 'type'] });
  const rejected = metrics.counter({
    name: 'normalizer_rejected_total',
    help: 'Notifications that make no event, by source and code.',
    labels: ['source', 'code'],
  });
  return (normalized) => {
    const { source } = normalized;
    if (normalized.kind === 'rejected') rejected.inc({ source, code: normalized.code });
    else for (const type of normalized.types) events.inc({ source, type });
  };
}
