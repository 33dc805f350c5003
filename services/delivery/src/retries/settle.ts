import { setTimeout as delay } from 'node:timers/promises';
import type { Codec } from '@switchboard/contracts';
import type { Appender, OutRecord } from '@switchboard/event-log';
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
   * Appends the record in which the delivery goes on, then the records given besides, then the outcome, each acknowledged before
   * the next; an append that fails is tried again for ever. Resolves to false when the service stopped before all was written.
   */
  settle(delivery: Delivery, step: Step, timing: StepTiming, besides?: readonly OutRecord[]): Promise<boolean>;
  /** Gives up on what cannot be written. */
  stop(): void;
}

const FIRST_WAIT_MS = 50;
const MAX_WAIT_MS = 5_000;

export function createSettler({ appender, codec, onFailedAppend }: SettlerOptions): Settler {
  const stopped = new AbortController();

  async function append(record: OutRecord): Promise<boolean> {
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, MAX_WAIT_MS)) {
      const outcome = await appender.append(record);
      if (outcome.ok) return true;
      // An unknown outcome is appended again: a duplicate is recognised, a loss would not be.
      onFailedAppend?.(record.topic, outcome.code);
      if (stopped.signal.aborted || outcome.code === 'ERR_LOG_CLOSED') return false;
      await delay(waitMs, undefined, { signal: stopped.signal }).catch(() => {});
      if (stopped.signal.aborted) return false;
    }
  }

  return {
    settle: async (delivery, step, timing, besides = []) => {
      const carried = carryRecord(delivery, step, timing);
      for (const record of carried === undefined ? besides : [carried, ...besides]) {
        if (!(await append(record))) return false;
      }
      return append(outcomeRecord(delivery, step, timing, codec));
    },
    stop: () => stopped.abort(),
  };
}
