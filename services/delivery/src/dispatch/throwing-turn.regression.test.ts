import { type AppInstall, createOfflineCodec, deliveryHeaders, eventHeaders, topics } from '@switchboard/contracts';
import type { LogRecord } from '@switchboard/event-log';
import { afterEach, expect, it } from 'vitest';
import { createLanes, type Lanes } from '../lanes/lanes.ts';
import type { Step } from '../retries/next-step.ts';
import { createRetryRoute } from '../retries/retry-route.ts';
import type { Settler } from '../retries/settle.ts';
import { CONTENT, contentEvent } from '../testing/delivery-harness.ts';
import { createDispatcher, type DeliveryJob, type DispatcherParts } from './dispatcher.ts';
import type { OrderGate } from './order-gate.ts';
import { createProgress } from './progress.ts';

const webhook = { endpoint: 'https://e.example/', maxRetries: 0, ordering: 'none', maxConcurrency: null, rateLimit: null, disabled: false };
const install = { installId: 'a', version: 3, enabled: true, paused: false, webhooks: { [CONTENT]: webhook } } as unknown as AppInstall;
const order: OrderGate = { enter: (_delivery, { proceed }) => proceed(), settled: () => {}, forget: () => [] };

let lanes: Lanes<DeliveryJob>;
afterEach(() => lanes.stop());

function record(): LogRecord {
  const state = { deliveryId: 'd', installId: 'a', installVersion: 1, attempts: 0, deferrals: 0, run: '0', firstAt: 1_000, bodyVersion: 1 };
  const headers = deliveryHeaders.write(eventHeaders(contentEvent(), createOfflineCodec()), state);
  const place = { topic: topics.pending.name, partition: 5, offset: 42n, timestamp: 1_000 };
  return { ...place, key: Buffer.from('k'), value: Buffer.from('v'), headers };
}

function rig(parts: Pick<DispatcherParts, 'attempt'> & { readonly settle?: Settler['settle'] }) {
  lanes = createLanes({
    limits: { capacity: 10, capacityBytes: 1_000, maxWaitMs: 1_000, breaker: { threshold: 3, openMs: 100, maxOpenMs: 100 } },
    maxInFlight: 10,
    retryBudget: { perSecond: 10, perFirstAttempt: 1 },
    now: () => 0,
  });
  const steps: Step[] = [];
  const failures: unknown[] = [];
  const settle: Settler['settle'] = async (_delivery, step) => {
    steps.push(step);
    return true;
  };
  const dispatcher = createDispatcher({
    view: { get: () => install },
    lanes,
    attempt: parts.attempt,
    settler: { settle: parts.settle ?? settle, stop: () => {} },
    route: createRetryRoute([10, 20, 30, 40, 50]),
    progress: createProgress(10),
    order,
    observer: {
      started: () => {},
      settled: () => {},
      foreign: () => {},
      repeated: () => {},
      failed: (_delivery, error) => void failures.push(error),
    },
    maxAgeMs: 60_000,
    concurrency: 2,
    now: () => 2_000,
  });
  return { dispatcher, steps, failures };
}

it('puts a delivery off whose turn throws, and says so', async () => {
  const bug = new TypeError('bug');
  const { dispatcher, steps, failures } = rig({ attempt: () => Promise.reject(bug) });
  const done = Promise.withResolvers<void>();
  dispatcher.onRecord({ record: record(), done: done.resolve });
  await done.promise;
  expect(steps).toEqual([{ kind: 'deferred', topic: 1, code: 'ERR_DEFERRED_FAILED' }]);
  expect(failures).toEqual([bug]);
  expect(lanes.counts()).toMatchObject({ inFlight: 0, queued: 0 });
});

it('leaves a record uncommitted whose step cannot be written, and still stops', async () => {
  const bug = new RangeError('no such topic');
  const failed = Promise.withResolvers<void>();
  const { dispatcher, failures } = rig({
    attempt: () => Promise.reject(new Error('any')),
    settle: async () => {
      setImmediate(failed.resolve);
      throw bug;
    },
  });
  let done = 0;
  dispatcher.onRecord({ record: record(), done: () => done++ });
  await failed.promise;
  await dispatcher.stop(10);
  expect(failures.at(-1)).toBe(bug);
  expect(done).toBe(0);
});
