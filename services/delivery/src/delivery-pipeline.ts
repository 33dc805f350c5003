import { createInstallOpener, createInstallSigner, type InstallView, type SecretBox } from '@switchboard/app-installs';
import type { Codec } from '@switchboard/contracts';
import type { Appender, EventLog, LogAdmin } from '@switchboard/event-log';
import type { Logger, Metrics } from '@switchboard/runtime';
import { sourceById } from '@switchboard/sources';
import { type AddressRule, createHttpClient } from '@switchboard/webhooks';
import type { DeliveryConfig } from './config.ts';
import type { DeliveryJob } from './dispatch/admission.ts';
import { type AttemptParts, createAttempt } from './dispatch/attempt.ts';
import { observeDispatch } from './dispatch/dispatch-observer.ts';
import { createDispatcher } from './dispatch/dispatcher.ts';
import { createHoldsUp } from './dispatch/holds-up.ts';
import { createOrderGate } from './dispatch/order-gate.ts';
import { createProgress } from './dispatch/progress.ts';
import { createLanes } from './lanes/lanes.ts';
import { createReadWaiting } from './retries/read-waiting.ts';
import { createRetryRoute } from './retries/retry-route.ts';
import { createSettler } from './retries/settle.ts';

export interface PipelineParts {
  readonly log: Pick<EventLog, 'reader'>;
  readonly admin: Pick<LogAdmin, 'beginOffsets' | 'endOffsets' | 'committed'>;
  readonly appender: Pick<Appender, 'append'>;
  readonly codec: Codec;
  /** Gives installs as they are stored: sealed. */
  readonly view: Pick<InstallView, 'get'>;
  readonly box: SecretBox;
  readonly rule: AddressRule;
  /** PEM certificates trusted beside those of the process. */
  readonly authorities?: readonly string[];
  readonly onGone: AttemptParts['onGone'];
  /** False while another process may have the deliveries that are queued here. */
  readonly mayBegin: () => boolean;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

const REMEMBERED_DELIVERIES = 50_000;
const GRACE_MS = 600_000;
const MIN_LANE_WAIT_MS = 1_000;
const MAX_LANE_WAIT_MS = 5_000;

/** Everything between a record of a delivery topic and its next durable step. */
export function createPipeline(config: DeliveryConfig, parts: PipelineParts) {
  const { log, admin, appender, codec, box, rule, authorities = [], onGone, mayBegin, logger, metrics } = parts;
  const now = () => Date.now();
  const opener = createInstallOpener(box);
  const view: typeof parts.view = {
    get: (installId) => {
      const stored = parts.view.get(installId);
      return stored && opener.open(stored);
    },
  };
  const route = createRetryRoute(config.retryDelaysMs.map(Number));
  const [firstDelayMs = 0, , thirdDelayMs = 0] = route.delaysMs;
  const failedAppends = metrics.counter({
    name: 'delivery_failed_appends_total',
    help: 'Appends of retries, dead letters and outcomes that failed and were tried again.',
    labels: ['topic', 'code'],
  });

  const httpClient = createHttpClient({ rule, authorities, budgetMs: config.attemptTimeoutMs });
  const lanes = createLanes<DeliveryJob>({
    limits: {
      capacity: config.laneCapacity,
      capacityBytes: config.laneCapacityBytes,
      // What does not fit waits in the shortest retry topic: a lane that held less would stand idle until it is back.
      maxWaitMs: Math.min(Math.max(firstDelayMs, MIN_LANE_WAIT_MS), MAX_LANE_WAIT_MS),
      breaker: { threshold: config.breakerThreshold, openMs: firstDelayMs, maxOpenMs: thirdDelayMs },
    },
    maxInFlight: config.maxInFlight,
    retryBudget: { perSecond: config.retryBudgetPerSecond, perFirstAttempt: 0.2 },
    mayStart: mayBegin,
    now: () => performance.now(),
  });
  metrics.gauge({ name: 'delivery_in_flight', help: 'Attempts going on.', read: () => lanes.counts().inFlight });
  metrics.gauge({ name: 'delivery_queued', help: 'Deliveries that wait in lanes.', read: () => lanes.counts().queued });
  metrics.gauge({ name: 'delivery_lanes', help: 'Endpoints known to the process.', read: () => lanes.counts().lanes });
  metrics.gauge({ name: 'delivery_breakers_open', help: 'Endpoints left alone for a while.', read: () => lanes.counts().open });

  const attempt = createAttempt({
    view,
    signer: createInstallSigner(box),
    codec,
    httpClient,
    replyKindOf: (source) => sourceById(source)?.replyKind ?? 'message',
    route,
    now,
    onGone,
    onProblem: ({ state, eventType }, message, cause) =>
      logger.warn({ err: cause, deliveryId: state.deliveryId, installId: state.installId, eventType }, message),
  });
  const progress = createProgress(REMEMBERED_DELIVERIES);
  const order = createOrderGate({
    readWaiting: createReadWaiting({
      log,
      admin,
      groupId: config.deliveryGroup,
      route,
      holdsUp: createHoldsUp(view, progress),
      now,
      graceMs: GRACE_MS,
    }),
    onFailedRead: (partition, cause) => logger.warn({ err: cause, partition }, 'the retry topics cannot be read; trying again'),
    now,
    backAfterMs: (topic) => (route.delaysMs[topic - 1] ?? 0) + GRACE_MS,
  });
  const settler = createSettler({ appender, codec, route, onFailedAppend: (topic, code) => failedAppends.inc({ topic, code }) });
  const dispatcher = createDispatcher({
    view,
    lanes,
    attempt,
    settler,
    route,
    progress,
    order,
    observer: observeDispatch(metrics, logger, now),
    maxAgeMs: config.maxAgeMs,
    concurrency: config.laneConcurrency,
    now,
  });
  return { dispatcher, httpClient, route };
}
