import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { measureEventLoopDelay } from './event-loop-delay.ts';

export type Labels = Readonly<Record<string, string>>;

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

interface Labelled<Series> {
  labels(...values: string[]): Series;
}

/** Series by label values, looked up without prom-client's own hashing, bounded in number. */
function boundedSeries<Series>(metric: Labelled<Series>, names: readonly string[], maxSeries: number): (labels?: Labels) => Series {
  const known = new Map<string, Series>();
  const other = names.map(() => 'other');
  return (labels) => {
    let key = '';
    for (const name of names) key += `${labels?.[name] ?? ''}\u0000`;
    const existing = known.get(key);
    if (existing) return existing;
    if (known.size >= maxSeries) return metric.labels(...other);
    const series = metric.labels(...names.map((name) => labels?.[name] ?? ''));
    known.set(key, series);
    return series;
  };
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
  const settings = ({ name, help, labels = [] }: MetricOptions) => ({ name, help, labelNames: [...labels], registers: [registry] });
  const limits = ({ labels = [], maxSeries = 500 }: MetricOptions) => [labels, maxSeries] as const;
  return {
    counter(options) {
      const series = boundedSeries(new Counter(settings(options)), ...limits(options));
      return { inc: (labels, by = 1) => series(labels).inc(by) };
    },
    gauge(options) {
      const { read } = options;
      const gauge: Gauge = new Gauge({ ...settings(options), ...(read ? { collect: () => gauge.set(read()) } : {}) });
      const series = boundedSeries(gauge, ...limits(options));
      return { set: (value, labels) => series(labels).set(value), add: (by, labels) => series(labels).inc(by) };
    },
    histogram(options) {
      const buckets = [...(options.buckets ?? LATENCY_BUCKETS)];
      const series = boundedSeries(new Histogram({ ...settings(options), buckets }), ...limits(options));
      return { observe: (value, labels) => series(labels).observe(value) };
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
