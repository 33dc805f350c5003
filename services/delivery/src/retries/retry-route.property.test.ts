import { retryTopics, topics } from '@switchboard/contracts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { afterAttempt } from './next-step.ts';
import { createRetryRoute, retryTopicName } from './retry-route.ts';

const delays = fc
  .array(fc.integer({ min: 1, max: 4_000_000 }), { minLength: 5, maxLength: 5 })
  .map((values) => values.toSorted((one, other) => one - other));

it('sends a failed attempt without Retry-After to the topic of its number', () => {
  fc.assert(
    fc.property(delays, fc.integer({ min: 1, max: 5 }), (delaysMs, attempt) => {
      expect(createRetryRoute(delaysMs).afterFailure(attempt, null)).toBe(attempt);
    }),
  );
});

it('picks the first topic with at least the delay asked for, else the last', () => {
  fc.assert(
    fc.property(delays, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 8_000_000 }), (delaysMs, attempt, asked) => {
      const topic = createRetryRoute(delaysMs).afterFailure(attempt, asked);
      const chosen = delaysMs[topic - 1] ?? 0;
      if (chosen < asked) expect(topic).toBe(5);
      else for (const shorter of delaysMs.slice(0, topic - 1)) expect(shorter).toBeLessThan(asked);
    }),
  );
});

it('never sends a deferral past the time when there is room, unless every topic is longer', () => {
  fc.assert(
    fc.property(
      delays,
      fc.oneof(fc.double({ min: 0, max: 8_000_000, noNaN: true }), fc.constant(Number.POSITIVE_INFINITY)),
      (delaysMs, afterMs) => {
        const topic = createRetryRoute(delaysMs).afterDeferral(afterMs);
        expect(topic).toBeGreaterThanOrEqual(1);
        expect(topic).toBeLessThanOrEqual(5);
        if (topic > 1) expect(delaysMs[topic - 1]).toBeLessThanOrEqual(afterMs);
      },
    ),
  );
});

it('makes a record due after the delay of its topic and never later than that from now', () => {
  fc.assert(
    fc.property(
      delays,
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 0, max: 1e12 }),
      fc.integer({ min: 0, max: 1e12 }),
      (delaysMs, number, timestamp, now) => {
        const due = createRetryRoute(delaysMs).dueAt({ topic: retryTopicName(number), timestamp }, now) ?? Number.NaN;
        expect(due).toBe(Math.min(timestamp, now) + (delaysMs[number - 1] ?? 0));
      },
    ),
  );
});

it('ends every delivery after exactly max_retries + 1 failed attempts, whatever the failures were', () => {
  const failure = fc.oneof(
    fc.record({ status: fc.integer({ min: 202, max: 599 }), retryAfterMs: fc.option(fc.integer({ min: 0, max: 1e7 })) }).map((answer) => ({
      kind: 'answered' as const,
      body: null,
      excerpt: null,
      durationMs: 1,
      ...answer,
    })),
    fc.constantFrom('ERR_ATTEMPT_TIMEOUT' as const, 'ERR_ATTEMPT_DNS' as const, 'ERR_ATTEMPT_TLS_NAME' as const).map((code) => ({
      kind: 'failed' as const,
      code,
      cause: undefined,
      durationMs: 1,
    })),
  );
  fc.assert(
    fc.property(
      delays,
      fc.integer({ min: 0, max: 5 }),
      fc.array(failure, { minLength: 6, maxLength: 6 }),
      (delaysMs, maxRetries, failures) => {
        const route = createRetryRoute(delaysMs);
        const kinds = failures.map((outcome, index) => afterAttempt({ attempt: index + 1, maxRetries, outcome, route }).kind);
        expect(kinds.indexOf('dead')).toBe(maxRetries);
        expect(kinds.slice(0, maxRetries).every((kind) => kind === 'retry')).toBe(true);
      },
    ),
  );
});

it('has a due time for retry topics only, and needs a delay for each of them', () => {
  const route = createRetryRoute([1, 2, 3, 4, 5]);
  expect(route.dueAt({ topic: topics.pending.name, timestamp: 1 }, 1)).toBeUndefined();
  expect(retryTopics.map(({ name }) => route.dueAt({ topic: name, timestamp: 1 }, 1))).toEqual([2, 3, 4, 5, 6]);
  expect(() => createRetryRoute([1, 2, 3])).toThrow(RangeError);
  expect(() => createRetryRoute([2, 1, 3, 4, 5])).toThrow(RangeError);
});
