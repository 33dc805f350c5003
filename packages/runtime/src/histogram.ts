import type { Metric, Registry } from 'prom-client';
import { createSeriesLookup, type Labels } from './series.ts';

export interface HistogramSettings {
  readonly name: string;
  readonly help: string;
  /** Label names. */
  readonly names: readonly string[];
  readonly maxSeries: number;
  /** Upper bounds, ascending. */
  readonly buckets: readonly number[];
}

interface Series {
  readonly labels: Labels;
  /** Observations by bucket, those above every bound last. */
  readonly counts: number[];
  sum: number;
}

/**
 * Adds a histogram to a registry and gives its `observe`, which throws a TypeError for a value that is not finite. Its
 * observations are counted here: prom-client's own histogram makes a label object, a text of it and two checks for each.
 */
export function addHistogram(registry: Registry, settings: HistogramSettings): (value: number, labels?: Labels) => void {
  const { name, help, names, buckets } = settings;
  const all: Series[] = [];
  const find = createSeriesLookup<Series>({
    ...settings,
    create(labels) {
      const series: Series = { labels, counts: [...buckets.map(() => 0), 0], sum: 0 };
      all.push(series);
      return series;
    },
  });
  // Without labels there is one series, which is shown before the first observation.
  if (names.length === 0) find();

  const metric = { name, help, type: 'histogram', aggregator: 'sum', get: async () => ({ ...metric, values: all.flatMap(valuesOf) }) };
  // What a registry asks of a metric for its text: `name` and `get`.
  registry.registerMetric(metric as unknown as Metric);

  function valuesOf({ labels, counts, sum }: Series) {
    let count = 0;
    const upTo = counts.map((more, index) => {
      count += more;
      return { metricName: `${name}_bucket`, labels: { le: buckets[index] ?? '+Inf' }, sharedLabels: labels, value: count };
    });
    const total = (suffix: string, value: number) => ({ metricName: `${name}_${suffix}`, labels: {}, sharedLabels: labels, value });
    return [...upTo, total('sum', sum), total('count', count)];
  }

  return (value, labels) => {
    if (!Number.isFinite(value)) throw new TypeError(`${name}: an observation must be a finite number (got ${value})`);
    const series = find(labels);
    let index = 0;
    while (index < buckets.length && value > (buckets[index] as number)) index += 1;
    (series.counts[index] as number) += 1;
    series.sum += value;
  };
}
