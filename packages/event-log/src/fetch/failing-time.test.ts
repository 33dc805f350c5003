import { expect, it } from 'vitest';
import { createManualClock } from '../testing/manual-clock.ts';
import { createFailingTime } from './failing-time.ts';
import { mayPass } from './may-pass.ts';

it('counts how long a failure lasts by whether it may pass: one that may not, after an outage, has just begun', async () => {
  const clock = createManualClock();
  const failing = createFailingTime(clock);
  failing.fail(true);
  await clock.advance(40_000);
  failing.fail(true);
  expect(failing.ms).toBe(40_000);
  failing.fail(false);
  expect(failing.ms).toBe(0);
  await clock.advance(10_000);
  failing.fail(false);
  expect(failing.ms).toBe(10_000);
  failing.fail(true);
  failing.fail(false);
  expect(failing.ms).toBe(0);
});

it('takes a connection that is cut while it is authenticated for a failure that may pass', () => {
  const cut = Object.assign(new Error('Connection closed'), { name: 'KafkaJSSASLAuthenticationError', retriable: false });
  expect([mayPass(cut), mayPass(new Error('of another kind'))]).toEqual([true, false]);
});
