import { retryTopics } from '@switchboard/contracts';

/** Which retry topic a delivery waits in; topics by number, from 1. */
export interface RetryRoute {
  /** After attempt n: topic n, or the first with at least the delay that the endpoint asked for, else the last. */
  afterFailure(attempt: number, retryAfterMs: number | null): number;
  /** The longest delay that does not overshoot the time when there will be room, else the shortest. */
  afterDeferral(afterMs: number): number;
  /** When a record of a topic is due, milliseconds since the epoch; undefined for topics without a delay. */
  dueAt(record: { readonly topic: string; readonly timestamp: number }, now: number): number | undefined;
  readonly delaysMs: readonly number[];
}

export function retryTopicName(number: number): string {
  const topic = retryTopics[number - 1];
  if (topic === undefined) throw new RangeError(`there is no retry topic ${number}`);
  return topic.name;
}

/** Delays of the retry topics in milliseconds, one each, never decreasing. Throws RangeError otherwise. */
export function createRetryRoute(delaysMs: readonly number[]): RetryRoute {
  const increasing = delaysMs.every((delay, index) => delay >= (delaysMs[index - 1] ?? 0));
  if (delaysMs.length !== retryTopics.length || !increasing) {
    throw new RangeError(`there must be ${retryTopics.length} delays, none shorter than the one before`);
  }
  const delayOf = new Map(retryTopics.map(({ name }, index) => [name, delaysMs[index] ?? 0]));
  const clamp = (number: number) => Math.min(Math.max(number, 1), delaysMs.length);
  return {
    delaysMs,
    afterFailure: (attempt, retryAfterMs) => {
      if (retryAfterMs === null) return clamp(attempt);
      const index = delaysMs.findIndex((delay) => delay >= retryAfterMs);
      return index < 0 ? delaysMs.length : index + 1;
    },
    afterDeferral: (afterMs) => clamp(delaysMs.findLastIndex((delay) => delay <= afterMs) + 1),
    dueAt: ({ topic, timestamp }, now) => {
      const delay = delayOf.get(topic);
      // A record from a clock ahead of ours never waits longer than its topic's delay.
      return delay === undefined ? undefined : Math.min(timestamp, now) + delay;
    },
  };
}
