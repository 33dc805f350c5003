import type { InstallView } from '@switchboard/app-installs';
import { type AppInstall, headerNames, isEventType, type Webhook } from '@switchboard/contracts';
import { targetOf } from '@switchboard/webhooks';
import { type Deferral, type DeferralCode, isLaneCode, type Job } from '../lanes/job.ts';
import type { Lanes } from '../lanes/lanes.ts';
import { ageMs } from '../retries/held-time.ts';
import { afterDeferral, type Step } from '../retries/next-step.ts';
import type { RetryRoute } from '../retries/retry-route.ts';
import type { TurnResult } from './attempt.ts';
import { type Delivery, flowOf } from './delivery.ts';
import type { DispatchObserver } from './dispatch-observer.ts';
import { isOrdered, type Standing, standingOf, usedOf } from './standing.ts';

/** An attempt of a delivery that waits in a lane. */
export interface DeliveryJob extends Job {
  readonly delivery: Delivery;
}

export interface AdmissionParts {
  readonly view: Pick<InstallView, 'get'>;
  readonly lanes: Lanes<DeliveryJob>;
  readonly attempt: (delivery: Delivery) => Promise<TurnResult>;
  readonly route: RetryRoute;
  readonly observer: DispatchObserver;
  readonly maxAgeMs: number;
  /** Most attempts at a time of a webhook that sets no number. */
  readonly concurrency: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** How a step came about: what its outcome record says beside the step. */
export type StepResult = Omit<TurnResult, 'step' | 'health'>;

function withoutAttempt(standing: Standing, startedAt: number): StepResult {
  return { ...usedOf(standing), startedAt, durationMs: 0, responseExcerpt: null, besides: [] };
}

/** Webhooks of an install at one endpoint share a lane, unless they have limits of their own. */
function laneName({ installId }: AppInstall, { endpoint, maxConcurrency, rateLimit }: Webhook, type: string): string {
  const own = maxConcurrency === null && rateLimit === null ? '' : ` ${type} ${maxConcurrency} ${rateLimit}`;
  return `${installId} ${endpoint}${own}`;
}

/**
 * Decides by the newest state of its install what becomes of a delivery whose turn within its order has come: an attempt in a lane, or a
 * step without one. Every delivery that is admitted or deferred comes to one step, which `settle` makes durable.
 */
export function createAdmission(parts: AdmissionParts, settle: (delivery: Delivery, step: Step, result: StepResult) => void) {
  const { view, lanes, attempt, route, observer, maxAgeMs, concurrency, now } = parts;

  const standing = ({ state, eventType }: Delivery) => standingOf(view.get(state.installId), eventType);

  /** Moves the delivery to a retry topic without an attempt, or ends it when it is too old. */
  function defer(delivery: Delivery, deferral: Deferral): void {
    const at = now();
    const newest = standing(delivery);
    const install = newest.kind === 'skip' ? undefined : newest.install;
    const retention = isOrdered(newest) ? install?.retentionTimeSeconds : null;
    const maximum = typeof retention === 'number' ? retention * 1_000 : maxAgeMs;
    const step = afterDeferral({ deferral, ageMs: ageMs(delivery, at), maxAgeMs: maximum, route });
    settle(delivery, step, withoutAttempt(newest, at));
  }

  /** Defers for a reason that may last: each third deferral waits in a longer retry topic, up to the third topic. */
  function deferLonger(delivery: Delivery, code: DeferralCode): void {
    defer(delivery, { code, afterMs: route.delaysMs[Math.min(Math.floor(delivery.state.deferrals / 3), 2)] ?? 0 });
  }

  const jobOf = (delivery: Delivery): DeliveryJob => ({
    delivery,
    retry: delivery.attempt > 1,
    returned: isLaneCode(delivery.texts.get(headerNames.lastCode) ?? ''),
    bytes: delivery.value.length,
    flow: flowOf(delivery),
    defer: (deferral) => defer(delivery, deferral),
    run: async () => {
      try {
        observer.started(delivery);
        const { step, health, ...result } = await attempt(delivery);
        if (step.kind === 'put-off') deferLonger(delivery, step.code);
        else settle(delivery, step, result);
        return health;
      } catch (error) {
        // Thrown on, it would end the process, and again after every restart.
        observer.failed(delivery, error);
        deferLonger(delivery, 'ERR_DEFERRED_FAILED');
        return 'neutral';
      }
    },
  });

  /** The delivery's turn within its order has come. */
  function admit(delivery: Delivery): void {
    const newest = standing(delivery);
    if (newest.kind === 'skip') {
      const { code } = newest;
      // Whether the document names a type that this build does not know, a newer one can tell.
      const isUndecided = code === 'ERR_SKIPPED_WEBHOOK_REMOVED' && !isEventType(delivery.eventType);
      if (isUndecided) deferLonger(delivery, 'ERR_DEFERRED_UNREADABLE');
      else settle(delivery, { kind: 'skipped', code }, withoutAttempt(newest, now()));
    } else if (newest.kind === 'hold') {
      deferLonger(delivery, 'ERR_DEFERRED_PAUSED');
    } else {
      const { install, webhook } = newest;
      const { maxConcurrency, rateLimit } = webhook;
      const settings = { concurrency: maxConcurrency ?? concurrency, ratePerSecond: rateLimit, origin: targetOf(webhook).origin };
      lanes.submit(laneName(install, webhook, delivery.eventType), settings, jobOf(delivery));
    }
  }

  return { admit, defer };
}
