import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Job } from './job.ts';
import { createFlowSizes, createJobQueue } from './job-queue.ts';

interface Numbered extends Job {
  readonly number: number;
}

const flow = fc.constantFrom('a', 'b', 'c');
const operation = fc.oneof(
  fc.record({ kind: fc.constant('push' as const), bytes: fc.nat(1_000), flow }),
  fc.record({ kind: fc.constant('shift' as const), agoMs: fc.option(fc.nat(8)) }),
  fc.record({ kind: fc.constant('remove' as const), flow }),
);

it('gives jobs in order, none pushed at the time or later, and counts the bytes and flows of those that it has', () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 80 }), (operations) => {
      const sizes = createFlowSizes();
      const queue = createJobQueue<Numbered>(sizes);
      let model: { readonly job: Numbered; readonly at: number }[] = [];
      for (const [now, one] of operations.entries()) {
        if (one.kind === 'push') {
          const { bytes } = one;
          const run = async () => 'healthy' as const;
          const job = { number: now, retry: false, returned: false, bytes, flow: one.flow, run, defer: () => {} };
          queue.push(job, now);
          model.push({ job, at: now });
        } else if (one.kind === 'shift') {
          const before = one.agoMs === null ? undefined : now - one.agoMs;
          const isFirst = model[0] !== undefined && model[0].at < (before ?? Number.POSITIVE_INFINITY);
          expect(queue.shift(before)).toBe(isFirst ? model.shift()?.job : undefined);
        } else {
          const named = model.filter(({ job }) => job.flow === one.flow);
          model = model.filter(({ job }) => job.flow !== one.flow);
          expect(queue.remove((job) => job.flow === one.flow)).toEqual(named.map(({ job }) => job));
        }
        expect(queue.length).toBe(model.length);
        expect(queue.bytes).toBe(model.reduce((sum, { job }) => sum + job.bytes, 0));
        for (const name of ['a', 'b', 'c']) expect(sizes.of(name)).toBe(model.filter(({ job }) => job.flow === name).length);
        expect(model.some(({ job }) => job.flow === queue.smallestFlow())).toBe(model.length > 0);
      }
    }),
  );
});
