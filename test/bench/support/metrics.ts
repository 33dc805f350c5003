import type { Service } from '@switchboard/local-stack';

/** The metrics that a service tells now. */
export interface Scrape {
  /** Sum of all series of the metric whose labels contain the text given, such as `quantile="0.99"`; NaN where there is none. */
  sum(name: string, label?: string): number;
}

export async function scrape({ healthUrl }: Pick<Service, 'healthUrl'>): Promise<Scrape> {
  const response = await fetch(`${healthUrl}/metrics`);
  return parseMetrics(await response.text());
}

/** Reads the Prometheus text format. */
function parseMetrics(text: string): Scrape {
  const series = text.split('\n').flatMap((line) => {
    const [, name = '', labels = '', value = ''] = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    return name === '' ? [] : [{ name, labels, value: Number(value) }];
  });
  return {
    sum(name, label = '') {
      const found = series.filter((each) => each.name === name && each.labels.includes(label));
      return found.length === 0 ? Number.NaN : found.reduce((sum, { value }) => sum + value, 0);
    },
  };
}
