import fc from 'fast-check';
import { Counter, Histogram, Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { createMetrics } from './metrics.ts';

const BUCKETS = [0.1, 1, 10];
const NAMES = ['source', 'code'];
const labels = fc.record({ source: fc.constantFrom('a', 'b', ''), code: fc.constantFrom('x', 'y"\\\n') });
const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('inc' as const), labels, by: fc.nat({ max: 3 }) }),
    fc.record({ kind: fc.constant('observe' as const), labels, value: fc.constantFrom(-1, 0, 0.1, 0.2, 1, 7, 10, 10.5, 1e9) }),
    fc.record({ kind: fc.constant('scrape' as const) }),
  ),
  { maxLength: 40 },
);

/** The lines of the two metrics, which a registry shows among others. */
const linesOf = (text: string) => text.split('\n').filter((line) => /t_(total|seconds|plain)/.test(line));

it('shows after each scrape of 40 steps the text that prom-client shows, byte for byte', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const registry = new Registry();
      registry.setDefaultLabels({ service: 'test' });
      const registers = [registry];
      const theirs = {
        total: new Counter({ name: 't_total', help: 'h', labelNames: NAMES, registers }),
        seconds: new Histogram({ name: 't_seconds', help: 'h', labelNames: NAMES, buckets: BUCKETS, registers }),
        plain: new Histogram({ name: 't_plain', help: 'h', buckets: BUCKETS, registers }),
      };
      const metrics = createMetrics('test');
      const ours = {
        total: metrics.counter({ name: 't_total', help: 'h', labels: NAMES }),
        seconds: metrics.histogram({ name: 't_seconds', help: 'h', labels: NAMES, buckets: BUCKETS }),
        plain: metrics.histogram({ name: 't_plain', help: 'h', buckets: BUCKETS }),
      };
      for (const step of [...all, { kind: 'scrape' as const }]) {
        if (step.kind === 'inc') {
          theirs.total.labels(step.labels).inc(step.by);
          ours.total.inc(step.labels, step.by);
        } else if (step.kind === 'observe') {
          theirs.seconds.labels(step.labels).observe(step.value);
          theirs.plain.observe(step.value);
          ours.seconds.observe(step.value, step.labels);
          ours.plain.observe(step.value);
        } else expect(linesOf(await metrics.text())).toEqual(linesOf(await registry.metrics()));
      }
    }),
    { numRuns: 50 },
  );
});
