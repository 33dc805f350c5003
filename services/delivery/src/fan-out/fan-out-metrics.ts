import type { ProcessorOptions } from '@switchboard/event-log';
import type { Logger, Metrics } from '@switchboard/runtime';
import { positionText } from '../dispatch/delivery.ts';
import type { FanOutParts } from './fan-out.ts';

export function observeFanOut(
  metrics: Metrics,
  logger: Logger,
): Pick<FanOutParts, 'onMatched' | 'onUnreadable'> & Required<Pick<ProcessorOptions, 'onTakenOver'>> {
  const events = metrics.counter({ name: 'delivery_events_total', help: 'Events read by the fan-out.', labels: ['type'] });
  const deliveries = metrics.counter({ name: 'delivery_deliveries_total', help: 'Deliveries made of events.', labels: ['type'] });
  const unreadable = metrics.counter({ name: 'delivery_unreadable_events_total', help: 'Records in event topics that are no events.' });
  const takenOver = metrics.counter({
    name: 'delivery_fan_out_taken_over_total',
    help: 'Transactions of the fan-out refused because another member had taken the partition: some when partitions change hands.',
  });
  return {
    onTakenOver: () => takenOver.inc(),
    onMatched: (type, count) => {
      events.inc({ type });
      if (count > 0) deliveries.inc({ type }, count);
    },
    onUnreadable: (record, cause) => {
      unreadable.inc();
      logger.error({ err: cause, record: positionText(record) }, 'a record in an event topic is no event: it has no deliveries');
    },
  };
}
