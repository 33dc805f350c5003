import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AttemptTimes } from './attempt-times.ts';

const steps = fc.array(
  fc.record({
    /** Starts an attempt, or ends the one at this place among those in flight. */
    end: fc.option(fc.nat(10)),
    /** Milliseconds that pass before; 0 lets attempts start and end at the same time. */
    afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 400 })),
  }),
  { maxLength: 60 },
);

it('counts what is in flight, and expects the latency of the last attempts or the time of the oldest in flight', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const times = new AttemptTimes();
      const inFlight: number[] = [];
      let now = 1_000;
      let latency: number | undefined;
      for (const { end, afterMs } of all) {
        now += afterMs;
        const startedAt = end === null ? undefined : inFlight.splice(end % Math.max(1, inFlight.length), 1)[0];
        if (startedAt === undefined) {
          inFlight.push(now);
          times.started(now);
        } else {
          times.ended(startedAt, now);
          latency = latency === undefined ? now - startedAt : latency + (now - startedAt - latency) / 8;
        }
        expect(times.inFlight).toBe(inFlight.length);
        expect(times.expectedMs(now)).toBe(Math.max(latency ?? 50, ...inFlight.map((at) => now - at), 1));
      }
    }),
  );
});

it('is unproven before the first response and 1,001 ms after the last, quick between, slow beyond 200 ms', () => {
  const times = new AttemptTimes();
  expect(times.pace(0)).toBe('unproven');
  times.started(0);
  expect([times.pace(200), times.pace(201)]).toEqual(['unproven', 'slow']);
  times.ended(0, 200);
  expect([times.pace(200), times.pace(1_200), times.pace(1_201)]).toEqual(['quick', 'quick', 'unproven']);
  times.started(1_300);
  times.ended(1_300, 1_700);
  expect([times.expectedMs(1_700), times.pace(1_700)]).toEqual([225, 'slow']);
});
