import { setTimeout as delay } from 'node:timers/promises';
import type { Codec } from '@switchboard/contracts';
import type { Appender, AppendOutcome, OutRecord } from '@switchboard/event-log';
import type { Delivery } from '../dispatch/delivery.ts';
import type { Step } from './next-step.ts';
import { carryRecord, outcomeRecord, type StepTiming } from './settlement.ts';

export interface SettlerOptions {
  readonly appender: Pick<Appender, 'append'>;
  readonly codec: Pick<Codec, 'encode'>;
  /** Called each time an append failed and will be tried again. */
  readonly onFailedAppend?: (topic: string, code: string) => void;
}

/** Makes steps durable. */
export interface Settler {
  /**
   * Appends what a step writes, each acknowledged before the next; an append that fails is tried again for ever. A delivery that
   * goes on has its outcome written first and then its retry record: another process may bring it to its end from there, and what
   * is read again after that is not looked at. One that ends has its dead record and the records given besides written first: a
   * terminal outcome says that all is there. Resolves to false when the service stopped before all was written.
   */
  settle(delivery: Delivery, step: Step, timing: StepTiming, besides?: readonly OutRecord[]): Promise<boolean>;
  /** Gives up on what cannot be written. */
  stop(): void;
}

const FIRST_WAIT_MS = 50;
const MAX_WAIT_MS = 5_000;

export function createSettler({ appender, codec, onFailedAppend }: SettlerOptions): Settler {
  const stopped = new AbortController();
  /** One for each append that is not answered yet: it may take longer than a service has for its end. */
  const unanswered = new Set<() => void>();

  function outcomeOf(record: OutRecord): Promise<AppendOutcome | undefined> {
    return new Promise((resolve, reject) => {
      const giveUp = () => resolve(undefined);
      unanswered.add(giveUp);
      const answered = appender.append(record).finally(() => unanswered.delete(giveUp));
      answered.then(resolve, reject);
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
    settle: async (delivery, step, timing, besides = []) => {
      const carried = carryRecord(delivery, step, timing);
      const outcome = outcomeRecord(delivery, step, timing, codec);
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
