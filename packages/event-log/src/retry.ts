import { type Clock, systemClock } from './clock.ts';

export interface RetryOptions {
  /** Whether to go on after this error. */
  readonly retriable: (error: unknown) => boolean;
  /** Pauses between attempts, milliseconds; the last one is used for all further ones. */
  readonly pausesMs?: readonly number[];
  /** How long to go on. Default 30 s. */
  readonly forMs?: number;
  readonly clock?: Clock;
}

// A broker is done with the end of a transaction after some milliseconds.
const SHORT_PAUSES_MS = [3, 5, 5, 8, 10, 15, 20];
const FOR_MS = 30_000;

/** Runs `action` until it succeeds, fails for good or the time is up; the last error is thrown. */
export async function retryWhile<Result>(action: () => Promise<Result>, options: RetryOptions): Promise<Result> {
  const { pausesMs = SHORT_PAUSES_MS, forMs = FOR_MS, clock = systemClock } = options;
  let over = false;
  const cancel = clock.after(forMs, () => {
    over = true;
  });
  try {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await action();
      } catch (error) {
        if (over || !options.retriable(error)) throw error;
        await pause(pausesMs[Math.min(attempt, pausesMs.length - 1)] ?? 0, clock);
      }
    }
  } finally {
    cancel();
  }
}

export function pause(ms: number, clock: Clock = systemClock): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}

/** Waits until the action has ended, in whatever way, or for `ms`. False where it has not ended. */
export async function within(ms: number, action: Promise<unknown>, clock: Clock = systemClock): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  const cancel = clock.after(ms, () => resolve(false));
  try {
    return await Promise.race([late, action.then(ended, ended)]);
  } finally {
    cancel();
  }
}

const ended = (): boolean => true;
