import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Permit } from '../accept/in-flight.ts';
import { createUnauthenticated, type Unauthenticated, type UnauthenticatedLimits } from './unauthenticated.ts';

const limits: UnauthenticatedLimits = { maxRequests: 5, maxBytes: 100, maxBytesPerPeer: 0, onEvicted: () => {} };

const step = fc.oneof(
  fc.record({ kind: fc.constant('enter' as const), peer: fc.constantFrom('192.0.2.1', '192.0.2.2') }),
  fc.record({ kind: fc.constant('grow' as const), which: fc.nat(30), bytes: fc.nat(60) }),
  fc.record({ kind: fc.constant('leave' as const), which: fc.nat(30) }),
);

interface Known {
  readonly permit: Permit;
  readonly peer: string;
  bytes: number;
  state: 'in' | 'evicted' | 'left';
}

function enter(budget: Unauthenticated, known: Known[], peer = '192.0.2.1'): Known {
  const entry: { -readonly [Key in keyof Known]?: Known[Key] } = { peer, bytes: 0, state: 'in' };
  entry.permit = budget.enter(peer, () => {
    expect(entry.state).toBe('in');
    entry.state = 'evicted';
  });
  known.push(entry as Known);
  return entry as Known;
}

describe('createUnauthenticated', () => {
  it('admits every request, never exceeds its limits, and evicts a request at most once and never after it left', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), fc.constantFrom(0, 40), (steps, maxBytesPerPeer) => {
        let evictions = 0;
        const budget = createUnauthenticated({ ...limits, maxBytesPerPeer, onEvicted: () => (evictions += 1) });
        const known: Known[] = [];
        for (const each of steps) {
          if (each.kind === 'enter') {
            enter(budget, known, each.peer);
            expect(known.at(-1)?.state).toBe('in');
          } else {
            const chosen = known[each.which];
            if (chosen === undefined) continue;
            if (each.kind === 'leave') {
              chosen.permit.leave();
              if (chosen.state === 'in') chosen.state = 'left';
            } else {
              const code = chosen.permit.grow(each.bytes);
              if (code === undefined) chosen.bytes += each.bytes;
              else if (code === 'ERR_INGRESS_EVICTED' && chosen.state === 'in') chosen.state = 'evicted';
            }
          }
          const inside = known.filter(({ state }) => state === 'in');
          expect([budget.requests(), budget.bytes()]).toEqual([inside.length, inside.reduce((sum, { bytes }) => sum + bytes, 0)]);
          expect(inside.length).toBeLessThanOrEqual(limits.maxRequests);
          expect(budget.bytes()).toBeLessThanOrEqual(limits.maxBytes);
          expect(evictions).toBe(known.filter(({ state }) => state === 'evicted').length);
          for (const peer of maxBytesPerPeer > 0 ? ['192.0.2.1', '192.0.2.2'] : []) {
            const held = inside.filter((entry) => entry.peer === peer).reduce((sum, { bytes }) => sum + bytes, 0);
            expect(held).toBeLessThanOrEqual(maxBytesPerPeer);
          }
        }
      }),
    );
  });

  it('evicts the oldest request for a sixth one', () => {
    const known: Known[] = [];
    const budget = createUnauthenticated(limits);
    for (let count = 0; count < 6; count += 1) enter(budget, known);
    expect(known.map(({ state }) => state)).toEqual(['evicted', 'in', 'in', 'in', 'in', 'in']);
  });

  it('evicts the oldest request that holds a fifth of the bytes, and none that holds less, when the bytes are used up', () => {
    const known: Known[] = [];
    const budget = createUnauthenticated(limits);
    const [small, large, larger, last] = [1, 2, 3, 4].map(() => enter(budget, known));
    small?.permit.grow(19);
    large?.permit.grow(30);
    larger?.permit.grow(50);
    expect(last?.permit.grow(10)).toBeUndefined();
    expect(known.map(({ state }) => state)).toEqual(['in', 'evicted', 'in', 'in']);
  });

  it('refuses more bytes to a peer that holds its 40 and leaves another peer its own', () => {
    const known: Known[] = [];
    const budget = createUnauthenticated({ ...limits, maxBytesPerPeer: 40 });
    const [first, second, other] = ['192.0.2.1', '192.0.2.1', '192.0.2.2'].map((peer) => enter(budget, known, peer));
    expect([first?.permit.grow(30), second?.permit.grow(20), other?.permit.grow(40)]).toEqual([
      undefined,
      'ERR_INGRESS_PEER_LIMIT',
      undefined,
    ]);
    first?.permit.leave();
    expect(second?.permit.grow(20)).toBeUndefined();
  });
});
