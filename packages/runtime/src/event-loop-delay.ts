import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Delays of the event loop in a window, seconds: how much later than asked for a timer ran. */
export interface EventLoopDelays {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface EventLoopDelayOptions {
  /** Monotonic, milliseconds. */
  readonly monotonic?: () => number;
  /** Shortest window, milliseconds: a read before its end does not start another. Default 5,000. */
  readonly minWindowMs?: number;
}

/** Milliseconds between two samples. */
const RESOLUTION_MS = 10;

/**
 * Measures from now on. A read gives the delays since the window started and then starts another one, so that each scrape
 * has the worst of its own interval. Two scrapers that read at nearly the same time get the same window.
 */
export function measureEventLoopDelay(options: EventLoopDelayOptions = {}): () => EventLoopDelays {
  const { monotonic = () => performance.now(), minWindowMs = 5_000 } = options;
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  let startedAt = monotonic();
  // Node records the time between two samples, which without any delay is the resolution.
  const seconds = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS) / 1_000;
  return () => {
    const delays = { p50: seconds(histogram.percentile(50)), p99: seconds(histogram.percentile(99)), max: seconds(histogram.max) };
    const now = monotonic();
    if (now - startedAt >= minWindowMs) {
      histogram.reset();
      startedAt = now;
    }
    return delays;
  };
}
