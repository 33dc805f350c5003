import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { measureEventLoopDelay } from './event-loop-delay.ts';
import { addHistogram } from './histogram.ts';
import { createSeriesLookup, type Labels } from './series.ts';

export type { Labels } from './series.ts';

export interface MetricOptions {
  /** Whole name, for example ingress_requests_total. */
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
  /** Most label combinations kept; further ones count under the value "other". Default 500. */
  readonly maxSeries?: number;
}

export interface CounterMetric {
  inc(labels?: Labels, by?: number): void;
}

export interface GaugeMetric {
  set(value: number, labels?: Labels): void;
  add(by: number, labels?: Labels): void;
}

export interface HistogramMetric {
  observe(value: number, labels?: Labels): void;
}

export interface GaugeOptions extends MetricOptions {
  /** Called at every scrape of a gauge without labels. */
  readonly read?: () => number;
}

export interface HistogramOptions extends MetricOptions {
  readonly buckets?: readonly number[];
}

/** Metrics of one service in a dedicated registry, with Node's process metrics and the delay of the event loop. */
export interface Metrics {
  counter(options: MetricOptions): CounterMetric;
  gauge(options: GaugeOptions): GaugeMetric;
  histogram(options: HistogramOptions): HistogramMetric;
  /** Prometheus text format. */
  text(): Promise<string>;
  readonly contentType: string;
}

/** Seconds, from 1 ms to 30 s. */
const LATENCY_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

interface Count {
  readonly labels: Labels;
  /** Not yet added to prom-client's. */
  pending: number;
}

/** A counter whose increments are added to prom-client's at a scrape: prom-client makes a text of the labels for each. */
function addCounter(registry: Registry, options: MetricOptions): CounterMetric {
  const counts: Count[] = [];
  const counter: Counter = new Counter({
    ...settingsOf(registry, options),
    collect() {
      for (const count of counts) {
        counter.inc(count.labels, count.pending);
        count.pending = 0;
      }
    },
  });
  const find = createSeriesLookup<Count>({
    ...limitsOf(options),
    create(labels) {
      const count: Count = { labels, pending: 0 };
      counts.push(count);
      return count;
    },
  });
  return {
    inc(labels, by = 1) {
      if (!(by >= 0)) throw new RangeError(`${options.name}: an increment must be a number of at least 0 (got ${by})`);
      find(labels).pending += by;
    },
  };
}

function addGauge(registry: Registry, options: GaugeOptions): GaugeMetric {
  const { read, labels: names = [] } = options;
  const gauge: Gauge = new Gauge({ ...settingsOf(registry, options), ...(read ? { collect: () => gauge.set(read()) } : {}) });
  const find = createSeriesLookup({
    ...limitsOf(options),
    create: (labels) => gauge.labels(...names.map((name) => labels[name] ?? '')),
  });
  return { set: (value, labels) => find(labels).set(value), add: (by, labels) => find(labels).inc(by) };
}

function settingsOf(registry: Registry, { name, help, labels = [] }: MetricOptions) {
  return { name, help, labelNames: [...labels], registers: [registry] };
}

function limitsOf({ labels = [], maxSeries = 500 }: MetricOptions) {
  return { names: labels, maxSeries };
}

function addEventLoopDelay(registry: Registry, service: string): void {
  const read = measureEventLoopDelay();
  const gauge: Gauge = new Gauge({
    name: `${service.replace(/\W/g, '_')}_event_loop_delay_seconds`,
    help: 'Delay of the event loop since the last scrape, or since the one before if that is less than 5 s ago; quantile 1 is the maximum.',
    labelNames: ['quantile'],
    registers: [registry],
    collect: () => {
      const { p50, p99, max } = read();
      gauge.set({ quantile: '0.5' }, p50);
      gauge.set({ quantile: '0.99' }, p99);
      gauge.set({ quantile: '1' }, max);
    },
  });
}

/** `service` becomes the label `service` of every series, and the prefix of the event-loop delay. */
export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  addEventLoopDelay(registry, service);
  return {
    counter: (options) => addCounter(registry, options),
    gauge: (options) => addGauge(registry, options),
    histogram(options) {
      const { name, help, buckets = LATENCY_BUCKETS } = options;
      return { observe: addHistogram(registry, { name, help, buckets, ...limitsOf(options) }) };
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
