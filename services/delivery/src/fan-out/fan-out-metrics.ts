import type { ProcessorOptions } from '@switchboard/event-log';
import type { Logger, Metrics } from '@switchboard/runtime';
import { positionText } from '../dispatch/delivery.ts';
import type { FanOutParts } from './fan-out.ts';

export function observeFanOut(
  metrics: Metrics,
  logger: Logger,
): Pick<FanOutParts, 'onEvent' | 'onDelivery' | 'onUnreadable'> & Required<Pick<ProcessorOptions, 'onTakenOver' | 'onTimedOut'>> {
  const events = metrics.counter({ name: 'delivery_events_total', help: 'Events read by the fan-out.', labels: ['type'] });
  const deliveries = metrics.counter({ name: 'delivery_deliveries_total', help: 'Deliveries made of events.', labels: ['type'] });
  const unreadable = metrics.counter({ name: 'delivery_unreadable_events_total', help: 'Records in event topics that are no events.' });
  const takenOver = metrics.counter({
    name: 'delivery_fan_out_taken_over_total',
    help: 'Transactions of the fan-out that the group refused because the member was no longer in its current generation: some when partitions change hands.',
  });
  const timedOut = metrics.counter({
    name: 'delivery_fan_out_transactions_timed_out_total',
    help: 'Transactions of the fan-out that did not end within 10 s: each is tried again with half of its records.',
  });
  return {
    onTakenOver: () => takenOver.inc(),
    onTimedOut: () => timedOut.inc(),
    onEvent: (type) => events.inc({ type }),
    onDelivery: (type) => deliveries.inc({ type }),
    onUnreadable: (record, cause) => {
      unreadable.inc();
      logger.error({ err: cause, record: positionText(record) }, 'a record in an event topic is no event: it has no deliveries');
    },
  };
}
