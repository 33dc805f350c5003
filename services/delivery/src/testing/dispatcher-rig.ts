import {
  type AppInstall,
  createOfflineCodec,
  deliveryHeaders,
  eventHeaders,
  headerNames,
  textHeader,
  topics,
} from '@switchboard/contracts';
import type { LogRecord } from '@switchboard/event-log';
import type { DeliveryJob } from '../dispatch/admission.ts';
import { createDispatcher, type DispatcherParts } from '../dispatch/dispatcher.ts';
import type { OrderGate } from '../dispatch/order-gate.ts';
import { createProgress } from '../dispatch/progress.ts';
import { createLanes } from '../lanes/lanes.ts';
import type { Step } from '../retries/next-step.ts';
import { createRetryRoute } from '../retries/retry-route.ts';
import type { Settler } from '../retries/settle.ts';
import { CONTENT, contentEvent } from './delivery-harness.ts';

const webhook = { endpoint: 'https://e.example/', maxRetries: 0, maxConcurrency: null, rateLimit: null, disabled: false };
const withoutOrder: OrderGate = { enter: (_delivery, { proceed }) => proceed(), pass: () => {}, settled: () => {}, forget: () => [] };

export interface DispatcherRigOptions extends Pick<DispatcherParts, 'attempt'> {
  readonly settle?: Settler['settle'];
  readonly order?: OrderGate;
  /** Event types whose webhooks ask for the order of conversations. */
  readonly ordered?: readonly string[];
  /** Event types whose webhooks ask for none. */
  readonly unordered?: readonly string[];
}

/** A dispatcher whose attempts and steps a test decides on. Stop its lanes. */
export function createDispatcherRig({ attempt, settle, order = withoutOrder, ordered = [], unordered = [CONTENT] }: DispatcherRigOptions) {
  const webhooks = Object.fromEntries([
    ...unordered.map((type) => [type, { ...webhook, ordering: 'none' }]),
    ...ordered.map((type) => [type, { ...webhook, ordering: 'conversation' }]),
  ]);
  const install = { installId: 'a', version: 3, enabled: true, paused: false, webhooks } as unknown as AppInstall;
  const lanes = createLanes<DeliveryJob>({
    limits: { capacity: 10, capacityBytes: 1_000, maxWaitMs: 1_000, breaker: { threshold: 3, openMs: 100, maxOpenMs: 100 } },
    maxInFlight: 10,
    retryBudget: { perSecond: 10, perFirstAttempt: 1 },
    now: () => 0,
  });
  const steps: Step[] = [];
  const failures: unknown[] = [];
  const dispatcher = createDispatcher({
    view: { get: () => install },
    lanes,
    attempt,
    settler: {
      settle: async (...step) => {
        steps.push(step[1]);
        return (await settle?.(...step)) ?? true;
      },
      stop: () => {},
    },
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
  return { dispatcher, lanes, steps, failures };
}

/** The record of a pending delivery of one conversation. */
export function pendingRecord(offset: number, eventType = CONTENT): LogRecord {
  const state = {
    deliveryId: `d${offset}`,
    installId: 'a',
    installVersion: 1,
    attempts: 0,
    deferrals: 0,
    run: '0',
    firstAt: 1_000,
    bodyVersion: 1,
  };
  const typed = eventHeaders(contentEvent(), createOfflineCodec()).filter(([name]) => name !== headerNames.eventType);
  const headers = deliveryHeaders.write([...typed, textHeader(headerNames.eventType, eventType)], state);
  const place = { topic: topics.pending.name, partition: 5, offset: BigInt(offset), timestamp: 1_000 };
  return { ...place, key: Buffer.from('k'), value: Buffer.from('v'), headers };
}
