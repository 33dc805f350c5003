import type { InstallView } from '@switchboard/app-installs';
import { type AppInstall, headerNames, isEventType, type Webhook } from '@switchboard/contracts';
import type { Delivered, LogRecord, TopicPartition } from '@switchboard/event-log';
import { targetOf } from '../attempts/webhook-target.ts';
import { type Deferral, isLaneCode, type Job } from '../lanes/job.ts';
import type { LaneSettings } from '../lanes/lane.ts';
import type { Lanes } from '../lanes/lanes.ts';
import { ageMs } from '../retries/held-time.ts';
import { afterDeferral, type Step } from '../retries/next-step.ts';
import type { RetryRoute } from '../retries/retry-route.ts';
import type { Settler } from '../retries/settle.ts';
import type { TurnResult } from './attempt.ts';
import { type Delivery, flowOf, readDelivery, runKey } from './delivery.ts';
import type { DispatchObserver } from './dispatch-observer.ts';
import type { OrderGate } from './order-gate.ts';
import type { Progress } from './progress.ts';
import { isOrdered, standingOf } from './standing.ts';

/** An attempt of a delivery that waits in a lane. */
export interface DeliveryJob extends Job {
  readonly delivery: Delivery;
}

export interface DispatcherParts {
  readonly view: Pick<InstallView, 'get'>;
  readonly lanes: Lanes<DeliveryJob>;
  readonly attempt: (delivery: Delivery) => Promise<TurnResult>;
  readonly settler: Settler;
  readonly route: RetryRoute;
  readonly progress: Progress;
  readonly order: OrderGate;
  readonly observer: DispatchObserver;
  readonly maxAgeMs: number;
  /** Most attempts at a time of a webhook that sets no number of its own. */
  readonly concurrency: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Takes records of the pending topic and the retry topics and sees each to its next durable step. */
export interface Dispatcher {
  /** Returns at once; `done` is called when the step is durable. */
  onRecord(delivered: Delivered): void;
  /** Forgets queued work of partitions that another member has now. */
  onLost(partitions: readonly TopicPartition[]): void;
  /** Starts no more attempts. Resolves when those in flight have ended and their steps are durable, or `writeMs` after that. */
  stop(writeMs: number): Promise<void>;
}

/** A delivery on its way. */
interface UnderWay {
  /** The record worked on. */
  readonly record: Delivered;
  /** Whether it goes in the order of its conversation. */
  readonly ordered: boolean;
  /** Records of the same delivery that came meanwhile. */
  later: readonly Delivered[];
}

/** Webhooks of an install at one endpoint share a lane, unless they have limits of their own. */
function laneName({ installId }: AppInstall, { endpoint, maxConcurrency, rateLimit }: Webhook, type: string): string {
  const own = maxConcurrency === null && rateLimit === null ? '' : ` ${type} ${maxConcurrency} ${rateLimit}`;
  return `${installId} ${endpoint}${own}`;
}

export function createDispatcher(parts: DispatcherParts): Dispatcher {
  const { view, lanes, attempt, settler, route, progress, order, observer, maxAgeMs, concurrency, now } = parts;
  const underWay = new Map<string, UnderWay>();
  const settling = new Set<Promise<void>>();
  let stopped = false;

  function maxAgeOf(install: AppInstall | undefined, webhook: Webhook | undefined): number {
    const retention = webhook?.ordering === 'conversation' ? install?.retentionTimeSeconds : null;
    return typeof retention === 'number' ? retention * 1_000 : maxAgeMs;
  }

  function end(delivery: Delivery): void {
    const key = runKey(delivery.state);
    const ended = underWay.get(key);
    underWay.delete(key);
    ended?.record.done();
    // A retry may be due before its cause is settled, and a rebalance brings records again: each is judged by how far the delivery came.
    for (const later of ended?.later ?? []) onRecord(later);
  }

  function settle(delivery: Delivery, step: Step, result: Omit<TurnResult, 'step' | 'health'>): void {
    const timing = { startedAt: result.startedAt, durationMs: result.durationMs, now: now(), installVersion: result.installVersion };
    const settled = settler.settle(delivery, step, timing, result.besides).then((written) => {
      if (!written) return;
      const { attempts, deferrals } = delivery.state;
      const key = runKey(delivery.state);
      if (step.kind === 'retry') progress.reached(key, { attempts: attempts + 1, deferrals });
      else if (step.kind === 'deferred') progress.reached(key, { attempts, deferrals: deferrals + 1 });
      else progress.reached(key, 'ended');
      observer.settled(delivery, step, timing);
      const ordered = underWay.get(key)?.ordered ?? false;
      if (ordered) order.settled(delivery, step.kind === 'retry' || step.kind === 'deferred' ? step.topic : undefined);
      end(delivery);
    });
    const ended = settled
      // What cannot be written stays uncommitted, for a process that can; this one goes on with the rest.
      .catch((error: unknown) => observer.failed(delivery, error))
      .finally(() => settling.delete(ended));
    settling.add(ended);
  }

  function putOff(delivery: Delivery, deferral: Deferral): void {
    const at = now();
    const standing = standingOf(view.get(delivery.state.installId), delivery.eventType);
    const install = standing.kind === 'skip' ? undefined : standing.install;
    const maximum = maxAgeOf(install, standing.kind === 'skip' ? undefined : standing.webhook);
    const step = afterDeferral({ deferral, ageMs: ageMs(delivery, at), maxAgeMs: maximum, route });
    settle(delivery, step, { installVersion: install?.version ?? 0, startedAt: at, durationMs: 0, besides: [] });
  }

  function holdMs({ state }: Delivery): number {
    return route.delaysMs[Math.min(Math.floor(state.deferrals / 3), 2)] ?? 0;
  }

  function jobOf(delivery: Delivery): DeliveryJob {
    return {
      delivery,
      retry: delivery.attempt > 1,
      returned: isLaneCode(delivery.texts.get(headerNames.lastCode) ?? ''),
      bytes: delivery.value.length,
      flow: flowOf(delivery),
      defer: (deferral) => putOff(delivery, deferral),
      run: async () => {
        try {
          observer.started(delivery);
          const { step, health, ...result } = await attempt(delivery);
          if (step.kind === 'put-off') putOff(delivery, { code: step.code, afterMs: holdMs(delivery) });
          else settle(delivery, step, result);
          return health;
        } catch (error) {
          // Thrown on, it would end the process, and again after every restart.
          observer.failed(delivery, error);
          putOff(delivery, { code: 'ERR_DEFERRED_FAILED', afterMs: holdMs(delivery) });
          return 'neutral';
        }
      },
    };
  }

  /** The delivery's turn within its order has come. */
  function proceed(delivery: Delivery): void {
    const standing = standingOf(view.get(delivery.state.installId), delivery.eventType);
    if (standing.kind === 'skip') {
      const { code, installVersion } = standing;
      // Whether the document names a type that this build does not know, a newer one can tell.
      const undecided = code === 'ERR_SKIPPED_WEBHOOK_REMOVED' && !isEventType(delivery.eventType);
      if (undecided) putOff(delivery, { code: 'ERR_DEFERRED_UNREADABLE', afterMs: holdMs(delivery) });
      else settle(delivery, { kind: 'skipped', code }, { installVersion, startedAt: now(), durationMs: 0, besides: [] });
    } else if (standing.kind === 'hold') {
      putOff(delivery, { code: 'ERR_DEFERRED_PAUSED', afterMs: holdMs(delivery) });
    } else {
      const { install, webhook } = standing;
      const settings: LaneSettings = {
        concurrency: webhook.maxConcurrency ?? concurrency,
        ratePerSecond: webhook.rateLimit,
        origin: targetOf(webhook).origin,
      };
      lanes.submit(laneName(install, webhook, delivery.eventType), settings, jobOf(delivery));
    }
  }

  function onRecord(delivered: Delivered): void {
    if (stopped) return;
    const delivery = readDelivery(delivered.record);
    if (delivery === undefined) {
      observer.foreign(delivered.record);
      delivered.done();
      return;
    }
    const key = runKey(delivery.state);
    const same = underWay.get(key);
    if (same !== undefined) {
      same.later = [...same.later, delivered];
      return;
    }
    if (progress.passed(key, delivery.state)) {
      observer.repeated(delivery);
      delivered.done();
      return;
    }
    const standing = standingOf(view.get(delivery.state.installId), delivery.eventType);
    const ordered = isOrdered(standing);
    underWay.set(key, { record: delivered, ordered, later: [] });
    if (!ordered) {
      order.pass(delivery);
      proceed(delivery);
    } else {
      order.enter(delivery, {
        proceed: () => proceed(delivery),
        // Behind one on hold it is on hold too, and does not grow old there.
        wait: (topic) =>
          putOff(delivery, {
            code: standing.kind === 'hold' ? 'ERR_DEFERRED_PAUSED' : 'ERR_DEFERRED_ORDER',
            afterMs: route.delaysMs[topic - 1] ?? 0,
          }),
      });
    }
  }

  return {
    onRecord,
    onLost: (partitions) => {
      const lost = new Set(partitions.map(({ topic, partition }) => `${topic} ${partition}`));
      const isLost = ({ topic, partition }: LogRecord) => lost.has(`${topic} ${partition}`);
      for (const { delivery } of lanes.drop((job) => isLost(job.delivery.record))) underWay.delete(runKey(delivery.state));
      const waiting = order.forget(new Set(partitions.map(({ partition }) => partition)), (key) => underWay.has(key));
      for (const { state } of waiting) underWay.delete(runKey(state));
      for (const each of underWay.values()) each.later = each.later.filter(({ record }) => !isLost(record));
    },
    stop: async (writeMs) => {
      stopped = true;
      await lanes.stop();
      const timer = setTimeout(() => settler.stop(), writeMs);
      await Promise.all(settling);
      clearTimeout(timer);
    },
  };
}
