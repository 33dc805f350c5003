import type { Service } from '@switchboard/local-stack';

/** The metrics of a service at one time. */
export interface MetricsSample {
  /** Sum over the samples of a metric whose labels contain the text; undefined where the service has no such metric. */
  sum(name: string, labels?: string): number | undefined;
}

export async function readMetrics({ healthUrl }: Pick<Service, 'healthUrl'>): Promise<MetricsSample> {
  const lines = (await (await fetch(`${healthUrl}/metrics`)).text()).split('\n');
  return {
    sum(name, labels = '') {
      const samples = lines.filter((line) => (line.startsWith(`${name}{`) || line.startsWith(`${name} `)) && line.includes(labels));
      return samples.length === 0 ? undefined : samples.reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' '))), 0);
    },
  };
}
