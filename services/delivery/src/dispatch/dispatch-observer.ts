import type { LogRecord } from '@switchboard/event-log';
import type { Logger, Metrics } from '@switchboard/runtime';
import type { Step } from '../retries/next-step.ts';
import type { StepFacts } from '../retries/settlement.ts';
import { type Delivery, positionText } from './delivery.ts';

/** What the dispatcher tells of its work. */
export interface DispatchObserver {
  started(delivery: Delivery): void;
  settled(delivery: Delivery, step: Step, facts: StepFacts): void;
  /** A record that is no delivery stands in a delivery topic. */
  foreign(record: LogRecord): void;
  /** A record came that was worked on before. */
  repeated(delivery: Delivery): void;
  /** Code of ours threw over the delivery: a bug. */
  failed(delivery: Delivery, cause: unknown): void;
}

export function observeDispatch(metrics: Metrics, logger: Logger, now: () => number): DispatchObserver {
  const outcomes = metrics.counter({
    name: 'delivery_outcomes_total',
    help: 'Durable steps of deliveries: delivered, failed, deferred, dead or skipped, with the code.',
    labels: ['outcome', 'code'],
  });
  const seconds = metrics.histogram({
    name: 'delivery_attempt_seconds',
    help: 'From the start of the connect to the status line.',
    labels: ['outcome'],
  });
  const waited = metrics.histogram({
    name: 'delivery_first_attempt_wait_seconds',
    help: 'From the pending record to the start of the first attempt.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300],
  });
  const strange = metrics.counter({
    name: 'delivery_records_ignored_total',
    help: 'Records that led to nothing: foreign ones, and repeated ones.',
    labels: ['reason'],
  });
  return {
    started: (delivery) => {
      if (delivery.attempt === 1 && delivery.state.deferrals === 0) waited.observe(Math.max(0, now() - delivery.record.timestamp) / 1_000);
    },
    settled: (delivery, step, { durationMs }) => {
      const outcome = step.kind === 'retry' ? 'failed' : step.kind;
      outcomes.inc({ outcome, code: step.code ?? '' });
      if (durationMs > 0) seconds.observe(durationMs / 1_000, { outcome });
      if (step.kind !== 'dead') return;
      const { deliveryId, installId, run } = delivery.state;
      const { code, status } = step;
      logger.warn({ deliveryId, installId, run, eventType: delivery.eventType, code, status }, 'a delivery is dead');
    },
    foreign: (record) => {
      strange.inc({ reason: 'foreign' });
      logger.error({ record: positionText(record) }, 'a record in a delivery topic is no delivery');
    },
    repeated: () => strange.inc({ reason: 'repeated' }),
    failed: ({ record, state }, cause) => {
      logger.error({ err: cause, deliveryId: state.deliveryId, record: positionText(record) }, 'a bug held up a delivery');
    },
  };
}
