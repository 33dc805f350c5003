import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createInFlight, type Permit } from './in-flight.ts';

const step = fc.oneof(
  fc.record({ kind: fc.constant('enter' as const) }),
  fc.record({ kind: fc.constant('grow' as const), which: fc.nat(9), bytes: fc.nat(60) }),
  fc.record({ kind: fc.constant('leave' as const), which: fc.nat(9) }),
);

describe('createInFlight', () => {
  it('never exceeds its limits, and has everything back when all have left', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const inFlight = createInFlight({ maxRequests: 5, maxBytes: 100, code: 'ERR_INGRESS_OVERLOADED' });
        const permits: Permit[] = [];
        for (const each of steps) {
          if (each.kind === 'enter') {
            const before = inFlight.requests();
            const permit = inFlight.enter();
            expect(permit === undefined).toBe(before === 5);
            if (permit !== undefined) permits.push(permit);
          } else if (each.kind === 'grow') permits[each.which]?.grow(each.bytes);
          else permits[each.which]?.leave();
          expect(inFlight.requests()).toBeLessThanOrEqual(5);
          expect(inFlight.bytes()).toBeLessThanOrEqual(100);
        }
        for (const permit of permits) permit.leave();
        expect([inFlight.requests(), inFlight.bytes()]).toEqual([0, 0]);
      }),
    );
  });
});
