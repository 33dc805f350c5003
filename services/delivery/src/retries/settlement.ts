import {
  type Codec,
  type DeliveryAttemptInput,
  deliveryHeaders,
  headerNames,
  headerText,
  readEventSource,
  textHeader,
  topics,
} from '@switchboard/contracts';
import type { Header, OutRecord } from '@switchboard/event-log';
import { readTrace } from '@switchboard/runtime';
import { type Delivery, positionText } from '../dispatch/delivery.ts';
import type { Used } from '../dispatch/standing.ts';
import { withHeldTime } from './held-time.ts';
import type { Step } from './next-step.ts';
import { type RetryRoute, retryTopicName } from './retry-route.ts';

/** How a step came about: what its outcome record says beside the step. */
export interface StepFacts extends Used {
  /** Milliseconds since the epoch: when the attempt began, or the decision was made. */
  readonly startedAt: number;
  readonly durationMs: number;
  readonly now: number;
  /** Start of the response body, for operators; null where there was none. */
  readonly responseExcerpt: string | null;
}

export interface OutcomeParts {
  readonly codec: Pick<Codec, 'encode'>;
  readonly route: Pick<RetryRoute, 'dueAt'>;
}

/** The closed set that the schema of an outcome names. */
type NextStep = 'wait' | 'dead-letter' | 'end';

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
export function carryRecord(delivery: Delivery, step: Step, { now }: StepFacts): OutRecord | undefined {
  if (step.kind === 'delivered' || step.kind === 'skipped') return undefined;
  const { key, value } = delivery;
  const state = withHeldTime(delivery, now);
  const attempts = hasAttempt(step) ? delivery.attempt : state.attempts;
  const failure = { code: step.code, status: step.kind === 'deferred' ? null : step.status, failedAt: now };
  const headers = deliveryHeaders.write(withOrigin(delivery), { ...state, attempts, deferrals: deferralsAfter(delivery, step) }, failure);
  return { topic: step.kind === 'dead' ? topics.dead.name : retryTopicName(step.topic), key, value, headers, timestamp: now };
}

/** What happens to the delivery after the step, where and when. */
function nextOf(step: Step, now: number, route: OutcomeParts['route']) {
  const next = (nextStep: NextStep, topic: string | null, nextAt: number | null) => ({ nextStep, next: topic, nextAt });
  if (step.kind === 'dead') return next('dead-letter', null, null);
  if (step.kind !== 'retry' && step.kind !== 'deferred') return next('end', null, null);
  const topic = retryTopicName(step.topic);
  return next('wait', topic, route.dueAt({ topic, timestamp: now }, now) ?? null);
}

/** What the headers say of the event: outcomes are found by it without a look at the event. Null where an earlier version wrote none. */
function eventFacts({ texts }: Delivery) {
  const origin = readEventSource(texts.get(headerNames.eventSource) ?? '');
  return {
    subject: texts.get(headerNames.subject) ?? null,
    tenantId: texts.get(headerNames.tenantId) ?? null,
    app: origin?.app ?? null,
    source: origin?.source ?? null,
    traceId: readTrace({ traceparent: texts.get(headerNames.traceparent) })?.traceId ?? null,
    notificationId: texts.get(headerNames.notificationId) ?? null,
  } satisfies Partial<DeliveryAttemptInput>;
}

/** The outcome record of a step. */
export function outcomeRecord(delivery: Delivery, step: Step, facts: StepFacts, { codec, route }: OutcomeParts): OutRecord {
  const { state, eventId, eventType, record } = delivery;
  const { now, ...used } = facts;
  const value = codec.encode(RECORD_NAME, {
    deliveryId: state.deliveryId,
    run: state.run,
    eventId,
    eventType,
    installId: state.installId,
    attempt: hasAttempt(step) ? delivery.attempt : 0,
    deferrals: deferralsAfter(delivery, step),
    outcome: step.kind === 'retry' ? 'failed' : step.kind,
    terminal: step.kind !== 'retry' && step.kind !== 'deferred',
    code: step.code,
    status: 'status' in step ? step.status : null,
    record: positionText(record),
    ...used,
    ...nextOf(step, now, route),
    ...eventFacts(delivery),
  });
  return { topic: topics.outcomes.name, key: Buffer.from(state.deliveryId), value, timestamp: now };
}
