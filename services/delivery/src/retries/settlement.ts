import { type Codec, deliveryHeaders, headerNames, headerText, textHeader, topics } from '@switchboard/contracts';
import type { Header, OutRecord } from '@switchboard/event-log';
import { type Delivery, positionText } from '../dispatch/delivery.ts';
import { withHeldTime } from './held-time.ts';
import type { Step } from './next-step.ts';
import { retryTopicName } from './retry-route.ts';

/** When and how the step came about. */
export interface StepTiming {
  /** Milliseconds since the epoch: when the attempt began, or the decision was made. */
  readonly startedAt: number;
  readonly durationMs: number;
  readonly now: number;
  /** Version of the install that was used; 0 where there was none. */
  readonly installVersion: number;
}

const RECORD_NAME = 'switchboard.deliveries.v1.DeliveryAttempt';

function withOrigin(delivery: Delivery): readonly Header[] {
  const { headers } = delivery.record;
  if (headerText(headers, headerNames.origin) !== undefined) return headers;
  return [...headers, textHeader(headerNames.origin, positionText(delivery.record))];
}

/** The retry record or dead letter of a step; undefined for a delivery that ends without one. */
export function carryRecord(delivery: Delivery, step: Step, { now }: StepTiming): OutRecord | undefined {
  if (step.kind === 'delivered' || step.kind === 'skipped') return undefined;
  const { key, value } = delivery;
  const state = withHeldTime(delivery, now);
  const others = withOrigin(delivery);
  switch (step.kind) {
    case 'retry': {
      const failure = { code: step.code, status: step.status, failedAt: now };
      const headers = deliveryHeaders.write(others, { ...state, attempts: delivery.attempt }, failure);
      return { topic: retryTopicName(step.topic), key, value, headers, timestamp: now };
    }
    case 'deferred': {
      const failure = { code: step.code, status: null, failedAt: now };
      const headers = deliveryHeaders.write(others, { ...state, deferrals: state.deferrals + 1 }, failure);
      return { topic: retryTopicName(step.topic), key, value, headers, timestamp: now };
    }
    case 'dead': {
      const failure = { code: step.code, status: step.status, failedAt: now };
      const attempts = step.attempted ? delivery.attempt : state.attempts;
      return {
        topic: topics.dead.name,
        key,
        value,
        headers: deliveryHeaders.write(others, { ...state, attempts }, failure),
        timestamp: now,
      };
    }
    default:
      return step satisfies never;
  }
}

/** The outcome record of a step. */
export function outcomeRecord(delivery: Delivery, step: Step, timing: StepTiming, codec: Pick<Codec, 'encode'>): OutRecord {
  const { state, eventId, eventType, record } = delivery;
  const attempted = step.kind === 'delivered' || step.kind === 'retry' || (step.kind === 'dead' && step.attempted);
  const value = codec.encode(RECORD_NAME, {
    deliveryId: state.deliveryId,
    run: state.run,
    eventId,
    eventType,
    installId: state.installId,
    installVersion: timing.installVersion,
    attempt: attempted ? delivery.attempt : 0,
    deferrals: step.kind === 'deferred' ? state.deferrals + 1 : state.deferrals,
    outcome: step.kind === 'retry' ? 'failed' : step.kind,
    terminal: step.kind !== 'retry' && step.kind !== 'deferred',
    code: step.code,
    status: 'status' in step ? step.status : null,
    startedAt: timing.startedAt,
    durationMs: timing.durationMs,
    next: step.kind === 'retry' || step.kind === 'deferred' ? retryTopicName(step.topic) : null,
    record: positionText(record),
  });
  return { topic: topics.outcomes.name, key: Buffer.from(state.deliveryId), value, timestamp: timing.now };
}
