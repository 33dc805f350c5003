import { setTimeout as delay } from 'node:timers/promises';
import type { Codec } from '@switchboard/contracts';
import type { Appender, AppendOutcome, OutRecord } from '@switchboard/event-log';
import type { Delivery } from '../dispatch/delivery.ts';
import type { Step } from './next-step.ts';
import type { RetryRoute } from './retry-route.ts';
import { carryRecord, outcomeRecord, type StepFacts } from './settlement.ts';

export interface SettlerOptions {
  readonly appender: Pick<Appender, 'append'>;
  readonly codec: Pick<Codec, 'encode'>;
  readonly route: Pick<RetryRoute, 'dueAt'>;
  /** Called each time an append failed and will be repeated. */
  readonly onFailedAppend?: (topic: string, code: string) => void;
}

/** Makes steps durable. */
export interface Settler {
  /**
   * Appends the records of a step, each acknowledged before the next; a failed append is repeated until the service stops. A delivery
   * that continues has its outcome written before its retry record: another process may end it from there, and ignores what it reads
   * again after that. A delivery that ends has its dead letter and the records given besides written before its outcome: a terminal
   * outcome says that all of them exist. Resolves to false when the service stopped before all was written.
   */
  settle(delivery: Delivery, step: Step, facts: StepFacts, besides?: readonly OutRecord[]): Promise<boolean>;
  /** Abandons records that are not written yet. */
  stop(): void;
}

const FIRST_WAIT_MS = 50;
const MAX_WAIT_MS = 5_000;

export function createSettler({ appender, codec, route, onFailedAppend }: SettlerOptions): Settler {
  const stopped = new AbortController();
  /** One for each append that is not acknowledged yet: it may take longer than the service has for its stop. */
  const unanswered = new Set<() => void>();

  function outcomeOf(record: OutRecord): Promise<AppendOutcome | undefined> {
    return new Promise((resolve, reject) => {
      const giveUp = () => resolve(undefined);
      unanswered.add(giveUp);
      const answered = (settle: () => void) => {
        unanswered.delete(giveUp);
        settle();
      };
      appender.append(record).then(
        (outcome) => answered(() => resolve(outcome)),
        (error: unknown) => answered(() => reject(error)),
      );
    });
  }

  async function append(record: OutRecord): Promise<boolean> {
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, MAX_WAIT_MS)) {
      if (stopped.signal.aborted) return false;
      const outcome = await outcomeOf(record);
      if (outcome === undefined) return false;
      if (outcome.ok) return true;
      // An unknown outcome is appended again: a duplicate is recognised, a loss would not be.
      onFailedAppend?.(record.topic, outcome.code);
      if (outcome.code === 'ERR_LOG_CLOSED') return false;
      await delay(waitMs, undefined, { signal: stopped.signal }).catch(() => {});
    }
  }

  return {
    settle: async (delivery, step, facts, besides = []) => {
      const carried = carryRecord(delivery, step, facts);
      const outcome = outcomeRecord(delivery, step, facts, { codec, route });
      const goesOn = step.kind === 'retry' || step.kind === 'deferred';
      const others = carried === undefined ? besides : [carried, ...besides];
      for (const record of goesOn ? [outcome, ...others] : [...others, outcome]) {
        if (!(await append(record))) return false;
      }
      return true;
    },
    stop: () => {
      stopped.abort();
      for (const giveUp of unanswered) giveUp();
    },
  };
}
