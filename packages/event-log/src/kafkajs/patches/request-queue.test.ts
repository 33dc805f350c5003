import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadStockModule } from '../testing/load-stock-module.ts';
import { replacedModules } from './load-kafkajs.ts';
import { quietRequestQueue, type RequestQueue, type RequestQueueClass } from './request-queue.ts';

const Stock = loadStockModule(replacedModules.requestQueue) as RequestQueueClass;

interface Queue extends RequestQueue {
  push(request: object): void;
  checkPendingRequests(): void;
  maybeThrottle(ms: number): void;
}

function openQueue(Class: RequestQueueClass): Queue {
  const logger = { debug: () => undefined, warn: () => undefined };
  return new Class({ logger, requestTimeout: 1_000, enforceRequestTimeout: false, maxInFlightRequests: null }) as Queue;
}

afterEach(() => {
  vi.useRealTimers();
});

describe('quietRequestQueue', () => {
  it('schedules nothing when nothing is pending', () => {
    vi.useFakeTimers();
    openQueue(quietRequestQueue(Stock)).checkPendingRequests();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is needed: the stock module schedules a check for ever', () => {
    vi.useFakeTimers();
    openQueue(Stock).checkPendingRequests();
    vi.advanceTimersByTime(100);
    expect(vi.getTimerCount()).toBe(1);
  });

  it('still sends what a throttle held back', () => {
    vi.useFakeTimers();
    const queue = openQueue(quietRequestQueue(Stock));
    const sendRequest = vi.fn();
    queue.maybeThrottle(50);
    queue.push({ entry: { correlationId: 1, resolve: () => undefined, reject: () => undefined }, expectResponse: true, sendRequest });
    expect(sendRequest).not.toHaveBeenCalled();
    vi.advanceTimersByTime(60);
    expect(sendRequest).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
  });
});
