import type { Delivered, LogRecord, TopicPartition } from '@switchboard/event-log';
import type { Step } from '../retries/next-step.ts';
import type { Settler } from '../retries/settle.ts';
import { type AdmissionParts, createAdmission, type StepResult } from './admission.ts';
import { type Delivery, readDelivery, runKey } from './delivery.ts';
import type { OrderGate } from './order-gate.ts';
import type { Progress } from './progress.ts';
import { isOrdered, standingOf } from './standing.ts';

export interface DispatcherParts extends AdmissionParts {
  readonly settler: Settler;
  readonly progress: Progress;
  readonly order: OrderGate;
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
  /** Records of the same delivery that came since. */
  later: readonly Delivered[];
}

export function createDispatcher(parts: DispatcherParts): Dispatcher {
  const { view, lanes, settler, route, progress, order, observer, now } = parts;
  const admission = createAdmission(parts, settle);
  const underWay = new Map<string, UnderWay>();
  const settling = new Set<Promise<void>>();
  let stopped = false;

  function end(delivery: Delivery): void {
    const key = runKey(delivery.state);
    const ended = underWay.get(key);
    underWay.delete(key);
    ended?.record.done();
    // A retry may be due before its cause is settled, and a rebalance brings records again: each is judged by how far the delivery came.
    for (const later of ended?.later ?? []) onRecord(later);
  }

  function settle(delivery: Delivery, step: Step, result: StepResult): void {
    const { besides, ...used } = result;
    const facts = { ...used, now: now() };
    const settled = settler.settle(delivery, step, facts, besides).then((written) => {
      if (!written) return;
      const { attempts, deferrals } = delivery.state;
      const key = runKey(delivery.state);
      if (step.kind === 'retry') progress.reached(key, { attempts: attempts + 1, deferrals });
      else if (step.kind === 'deferred') progress.reached(key, { attempts, deferrals: deferrals + 1 });
      else progress.reached(key, 'ended');
      observer.settled(delivery, step, facts);
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
      admission.admit(delivery);
    } else {
      order.enter(delivery, {
        proceed: () => admission.admit(delivery),
        // Behind a paused one it is paused too, and does not grow old there.
        wait: (topic) =>
          admission.defer(delivery, {
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
