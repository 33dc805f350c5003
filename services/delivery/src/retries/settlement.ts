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

function hasAttempt(step: Step): boolean {
  return step.kind === 'delivered' || step.kind === 'retry' || (step.kind === 'dead' && step.attempted);
}

function deferralsAfter({ state }: Delivery, { kind }: Step): number {
  return kind === 'deferred' ? state.deferrals + 1 : state.deferrals;
}

/** The retry record or dead letter of a step; undefined for a delivery that ends without one. */
export function carryRecord(delivery: Delivery, step: Step, { now }: StepTiming): OutRecord | undefined {
  if (step.kind === 'delivered' || step.kind === 'skipped') return undefined;
  const { key, value } = delivery;
  const state = withHeldTime(delivery, now);
  const attempts = hasAttempt(step) ? delivery.attempt : state.attempts;
  const failure = { code: step.code, status: step.kind === 'deferred' ? null : step.status, failedAt: now };
  const headers = deliveryHeaders.write(withOrigin(delivery), { ...state, attempts, deferrals: deferralsAfter(delivery, step) }, failure);
  return { topic: step.kind === 'dead' ? topics.dead.name : retryTopicName(step.topic), key, value, headers, timestamp: now };
}

/** The outcome record of a step. */
export function outcomeRecord(delivery: Delivery, step: Step, timing: StepTiming, codec: Pick<Codec, 'encode'>): OutRecord {
  const { state, eventId, eventType, record } = delivery;
  const value = codec.encode(RECORD_NAME, {
    deliveryId: state.deliveryId,
    run: state.run,
    eventId,
    eventType,
    installId: state.installId,
    installVersion: timing.installVersion,
    attempt: hasAttempt(step) ? delivery.attempt : 0,
    deferrals: deferralsAfter(delivery, step),
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
