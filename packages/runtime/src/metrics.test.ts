import { describe, expect, it } from 'vitest';
import { createMetrics } from './metrics.ts';

describe('createMetrics', () => {
  it('counts by label and shows the process metrics', async () => {
    const metrics = createMetrics('test');
    const requests = metrics.counter({ name: 'test_requests_total', help: 'h', labels: ['outcome'] });
    requests.inc({ outcome: 'ok' });
    requests.inc({ outcome: 'ok' }, 2);
    const text = await metrics.text();
    expect(text).toContain('test_requests_total{outcome="ok",service="test"} 3');
    expect(text).toContain('process_cpu_user_seconds_total');
  });

  it('shows the median, the 99th percentile and the maximum of the event-loop delay', async () => {
    const text = await createMetrics('test').text();
    const quantiles = [...text.matchAll(/^test_event_loop_delay_seconds\{quantile="([\d.]+)",service="test"\} \d/gm)].map(
      ([, name]) => name,
    );
    expect(quantiles).toEqual(['0.5', '0.99', '1']);
  });

  it('bounds the number of label combinations', async () => {
    const metrics = createMetrics('test');
    const requests = metrics.counter({ name: 'test_requests_total', help: 'h', labels: ['id'], maxSeries: 2 });
    for (let id = 0; id < 100; id += 1) requests.inc({ id: String(id) });
    const lines = (await metrics.text()).split('\n').filter((line) => line.startsWith('test_requests_total{'));
    expect(lines).toHaveLength(3);
    expect(lines).toContain('test_requests_total{id="other",service="test"} 98');
  });

  it('reads a gauge at the scrape and fills histograms', async () => {
    const metrics = createMetrics('test');
    let open = 1;
    metrics.gauge({ name: 'test_open', help: 'h', read: () => open });
    const latency = metrics.histogram({ name: 'test_seconds', help: 'h', buckets: [1] });
    latency.observe(0.5);
    open = 7;
    const text = await metrics.text();
    expect(text).toContain('test_open{service="test"} 7');
    expect(text).toContain('test_seconds_bucket{le="1",service="test"} 1');
  });
});
