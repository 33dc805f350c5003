import type { AppInstall } from '@switchboard/contracts';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { LaneSettings } from '../lanes/lane.ts';
import type { Step } from '../retries/next-step.ts';
import { createRetryRoute } from '../retries/retry-route.ts';
import { CONTENT } from '../testing/delivery-harness.ts';
import { pendingRecord } from '../testing/dispatcher-rig.ts';
import { type AdmissionParts, createAdmission, type DeliveryJob } from './admission.ts';
import { type Delivery, readDelivery } from './delivery.ts';

const webhook = {
  endpoint: 'https://e.example/hook',
  maxConcurrency: null as number | null,
  rateLimit: null as number | null,
  disabled: false,
  ordering: 'none',
};
const install = { installId: 'a', version: 3, enabled: true, paused: false, retentionTimeSeconds: null as number | null };

let steps: Step[];
let failures: unknown[];
let submitted: { readonly name: string; readonly settings: LaneSettings; readonly job: DeliveryJob }[];

beforeEach(() => {
  steps = [];
  failures = [];
  submitted = [];
});

function start(own: Partial<typeof install>, hook: Partial<typeof webhook> | undefined, attempt: AdmissionParts['attempt'] = never) {
  const webhooks = hook === undefined ? {} : { [CONTENT]: { ...webhook, ...hook } };
  return createAdmission(
    {
      view: { get: () => ({ ...install, ...own, webhooks }) as unknown as AppInstall },
      lanes: {
        submit: (name, settings, job) => void submitted.push({ name, settings, job }),
        drop: () => [],
        counts: () => ({ inFlight: 0, queued: 0, lanes: 0, open: 0 }),
        stop: async () => {},
      },
      attempt,
      route: createRetryRoute([10, 20, 30, 40, 50]),
      observer: {
        started: () => {},
        settled: () => {},
        foreign: () => {},
        repeated: () => {},
        failed: (_, error) => void failures.push(error),
      },
      maxAgeMs: 60_000,
      concurrency: 2,
      now: () => 12_000,
    },
    (_, step) => void steps.push(step),
  );
}

const never = () => new Promise<never>(() => {});

/** A delivery first pending 11 s ago. */
function delivery(deferrals = 0, eventType = CONTENT): Delivery {
  const read = readDelivery(pendingRecord(1, eventType));
  if (read === undefined) throw new Error('the record is a delivery');
  return { ...read, state: { ...read.state, deferrals } };
}

describe('a delivery whose webhook takes it', () => {
  it('waits in the lane of its install and endpoint, with the concurrency of the process', () => {
    start({}, {}).admit(delivery());
    expect(submitted).toMatchObject([
      { name: 'a https://e.example/hook', settings: { concurrency: 2, ratePerSecond: null, origin: 'https://e.example' } },
    ]);
  });

  it('has a lane apart where the webhook sets limits', () => {
    start({}, { maxConcurrency: 7, rateLimit: 5 }).admit(delivery());
    expect(submitted).toMatchObject([
      { name: `a https://e.example/hook ${CONTENT} 7 5`, settings: { concurrency: 7, ratePerSecond: 5, origin: 'https://e.example' } },
    ]);
  });

  it('is deferred when its attempt throws, and the error is told', async () => {
    const error = new Error('a bug');
    start({}, {}, async () => Promise.reject(error)).admit(delivery());
    expect(await submitted[0]?.job.run()).toBe('neutral');
    expect([steps, failures]).toEqual([[{ kind: 'deferred', topic: 1, code: 'ERR_DEFERRED_FAILED' }], [error]]);
  });
});

describe('a delivery that cannot have its attempt', () => {
  it('ends where the webhook was removed', () => {
    start({}, undefined).admit(delivery());
    expect(steps).toEqual([{ kind: 'skipped', code: 'ERR_SKIPPED_WEBHOOK_REMOVED' }]);
  });

  it('is deferred where this build does not know its event type', () => {
    start({}, undefined).admit(delivery(0, 'ms.FutureEvent'));
    expect(steps).toEqual([{ kind: 'deferred', topic: 1, code: 'ERR_DEFERRED_UNREADABLE' }]);
  });

  it.each([
    [0, 1],
    [2, 1],
    [3, 2],
    [6, 3],
    [100, 3],
  ])('waits while its install is paused, after %i deferrals in retry topic %i', (deferrals, topic) => {
    start({ paused: true }, {}).admit(delivery(deferrals));
    expect(steps).toEqual([{ kind: 'deferred', topic, code: 'ERR_DEFERRED_PAUSED' }]);
  });

  it.each([
    ['conversation', 10, 'ERR_DEAD_EXPIRED'],
    ['conversation', 11, 'ERR_DEFERRED_LANE_FULL'],
    ['conversation', null, 'ERR_DEFERRED_LANE_FULL'],
    ['none', 10, 'ERR_DEFERRED_LANE_FULL'],
  ])('of ordering %s, 11 s old, with a retention of %s s: %s', (ordering, retentionTimeSeconds, code) => {
    start({ retentionTimeSeconds }, { ordering }).defer(delivery(), { code: 'ERR_DEFERRED_LANE_FULL', afterMs: 10 });
    expect(steps).toMatchObject([{ code }]);
  });
});

it('brings every delivery to a lane or to one step, whatever the state of its install', () => {
  const own = fc.record({ enabled: fc.boolean(), paused: fc.boolean(), retentionTimeSeconds: fc.option(fc.nat(20)) });
  const hook = fc.option(fc.record({ disabled: fc.boolean(), ordering: fc.constantFrom('none', 'conversation') }), { nil: undefined });
  const type = fc.constantFrom(CONTENT, 'ms.FutureEvent');
  fc.assert(
    fc.property(own, hook, type, fc.nat(20), (state, settings, eventType, deferrals) => {
      steps = [];
      submitted = [];
      start(state, settings).admit(delivery(deferrals, eventType));
      expect(steps.length + submitted.length).toBe(1);
      submitted[0]?.job.defer({ code: 'ERR_DEFERRED_LANE_FULL', afterMs: 10 });
      expect(steps).toHaveLength(1);
    }),
  );
});
