import type { Metrics } from '@switchboard/runtime';
import type { NormalizedObserver } from './slice-normalizer.ts';

/** Counts transactions that were refused because another member had taken the partition. */
export function countTakenOver(metrics: Metrics): () => void {
  const takenOver = metrics.counter({
    name: 'normalizer_taken_over_total',
    help: 'Transactions refused because another member had taken the partition: some when partitions change hands.',
  });
  return () => takenOver.inc();
}

/** Counts what became of raw records. A slice whose transaction fails is made, and counted, again. */
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
