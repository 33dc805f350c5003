import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createUnauthenticated, type Unauthenticated, type UnauthenticatedPermit } from './unauthenticated.ts';
import type { Growth, UnauthenticatedLimits } from './unauthenticated-budget.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Bodies above 20 bytes are large; large ones share 100 bytes. */
const limits: UnauthenticatedLimits = {
  ...{ maxRequests: 5, maxBytes: 200, maxBytesPerPeer: 0 },
  ...{ onEvicted: () => {}, monotonic: () => Date.now() },
};

const step = fc.oneof(
  fc.record({ kind: fc.constant('enter' as const), peer: fc.constantFrom('192.0.2.1', '192.0.2.2') }),
  fc.record({ kind: fc.constant('grow' as const), which: fc.nat(30), bytes: fc.integer({ min: 1, max: 60 }), unreserved: fc.boolean() }),
  fc.record({ kind: fc.constant('leave' as const), which: fc.nat(30) }),
  fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 1_500 }) }),
);

interface Known {
  readonly permit: UnauthenticatedPermit;
  readonly peer: string;
  bytes: number;
  /** Dropped before, whatever its state is now. */
  dropped: boolean;
  state: 'in' | 'waiting' | 'dropped' | 'evicted' | 'left';
}

function enter(budget: Unauthenticated, known: Known[], peer = '192.0.2.1'): Known {
  const entry: { -readonly [Key in keyof Known]?: Known[Key] } = { peer, bytes: 0, dropped: false, state: 'in' };
  entry.permit = budget.enter(peer, () => {
    expect(['in', 'waiting', 'dropped']).toContain(entry.state);
    entry.state = 'evicted';
  });
  known.push(entry as Known);
  return entry as Known;
}

/** Asks for room; what is granted later is added then. */
function grow(entry: Known, bytes: number, unreserved = 0): Growth | 'waits' {
  const drop = (): void => {
    expect(entry.state).toBe('waiting');
    entry.state = 'dropped';
    entry.dropped = true;
  };
  const growth = entry.permit.grow(bytes, unreserved > 0 ? { bytes: unreserved, drop } : undefined);
  if (!(growth instanceof Promise)) {
    if (growth === undefined) entry.bytes += bytes;
    return growth;
  }
  entry.state = 'waiting';
  void growth.then((code) => {
    expect(entry.state).toBe('waiting');
    expect([undefined, 'ERR_INGRESS_PEER_LIMIT']).toContain(code);
    if (code === undefined) entry.bytes += bytes;
    entry.state = 'in';
  });
  return 'waits';
}

describe('createUnauthenticated', () => {
  it('admits every request, never exceeds its limits, evicts a request at most once, and serves all that wait within 1 s each', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 120 }), fc.constantFrom(0, 60), async (steps, maxBytesPerPeer) => {
        let evictions = 0;
        const budget = createUnauthenticated({ ...limits, maxBytesPerPeer, onEvicted: () => (evictions += 1) });
        const known: Known[] = [];
        for (const each of steps) {
          const chosen = 'which' in each ? known[each.which] : undefined;
          if (each.kind === 'enter') expect(enter(budget, known, each.peer).state).toBe('in');
          else if (each.kind === 'pass') await vi.advanceTimersByTimeAsync(each.ms);
          else if (chosen !== undefined && each.kind === 'leave') {
            chosen.permit.leave();
            if (chosen.state !== 'evicted') chosen.state = 'left';
          } else if (chosen?.state === 'in' && each.kind === 'grow' && chosen.bytes + each.bytes <= limits.maxBytes / 2) {
            const small = chosen.bytes + each.bytes <= 20;
            const growth = grow(chosen, each.bytes, each.unreserved && !small ? each.bytes : 0);
            if (small && maxBytesPerPeer === 0) expect(growth).toBeUndefined();
          }
          await vi.advanceTimersByTimeAsync(0);
          const inside = known.filter(({ state }) => ['in', 'waiting', 'dropped'].includes(state));
          expect([budget.requests(), budget.bytes()]).toEqual([inside.length, inside.reduce((sum, { bytes }) => sum + bytes, 0)]);
          expect(inside.length).toBeLessThanOrEqual(limits.maxRequests);
          expect(budget.bytes()).toBeLessThanOrEqual(limits.maxBytes);
          expect(evictions).toBe(known.filter(({ state, dropped }) => state === 'evicted' || dropped).length);
          for (const peer of maxBytesPerPeer > 0 ? ['192.0.2.1', '192.0.2.2'] : []) {
            const held = inside.filter((entry) => entry.peer === peer).reduce((sum, { bytes }) => sum + bytes, 0);
            expect(held).toBeLessThanOrEqual(maxBytesPerPeer);
          }
        }
        await vi.advanceTimersByTimeAsync(1_000 * limits.maxRequests);
        expect(known.filter(({ state }) => state === 'waiting')).toEqual([]);
      }),
    );
  });

  it('evicts the oldest request for a sixth one', () => {
    const known: Known[] = [];
    const budget = createUnauthenticated(limits);
    for (let count = 0; count < 6; count += 1) enter(budget, known);
    expect(known.map(({ state }) => state)).toEqual(['evicted', 'in', 'in', 'in', 'in', 'in']);
  });

  it('gives small bodies room at once and evicts no large one for them, nor a small one for a large one', () => {
    const known: Known[] = [];
    const budget = createUnauthenticated(limits);
    const [large, ...small] = [1, 2, 3, 4, 5].map(() => enter(budget, known)) as [Known, Known, Known, Known, Known];
    expect([small[0], large, ...small.slice(1)].map((entry) => grow(entry as Known, entry === large ? 100 : 20))).toEqual(
      Array.from({ length: 5 }, () => undefined),
    );
    expect([known.map(({ state }) => state), budget.bytes()]).toEqual([Array.from({ length: 5 }, () => 'in'), 180]);
  });

  it('counts a small body that becomes large with all of its bytes', () => {
    const known: Known[] = [];
    const budget = createUnauthenticated(limits);
    const [first, second] = [1, 2].map(() => enter(budget, known)) as [Known, Known];
    expect([grow(first, 20), grow(first, 50), grow(second, 20), grow(second, 11)]).toEqual([undefined, undefined, undefined, 'waits']);
    first.permit.leave();
    expect(budget.bytes()).toBe(31);
  });

  it('drops the oldest of the bodies that hold more than they have room for while they wait, once these hold an eighth', async () => {
    const known: Known[] = [];
    const budget = createUnauthenticated(limits);
    const [large, first, withoutAny, second, third] = [1, 2, 3, 4, 5].map(() => enter(budget, known)) as [
      Known,
      Known,
      Known,
      Known,
      Known,
    ];
    expect([grow(large, 100), grow(withoutAny, 30)]).toEqual([undefined, 'waits']);
    expect([first, second, third].map((entry) => [grow(entry, 20), grow(entry, 30, 12)])).toEqual(
      Array.from({ length: 3 }, () => [undefined, 'waits']),
    );
    expect(known.map(({ state }) => state)).toEqual(['in', 'dropped', 'waiting', 'waiting', 'waiting']);
    await vi.advanceTimersByTimeAsync(1_002);
    expect(known.map(({ state }) => state)).toEqual(['evicted', 'dropped', 'in', 'in', 'waiting']);
    const again = enter(budget, known);
    expect([grow(again, 20), grow(again, 60, 12)]).toEqual([undefined, 'waits']);
    expect(known.map(({ state }) => state)).toEqual(['evicted', 'dropped', 'in', 'in', 'waiting', 'waiting']);
  });

  it('lets a large body wait until the oldest large one is 1 s old, and serves the smallest first', async () => {
    const known: Known[] = [];
    const budget = createUnauthenticated(limits);
    const [first, second, greedy, modest] = [1, 2, 3, 4].map(() => enter(budget, known)) as [Known, Known, Known, Known];
    expect(grow(first, 50)).toBeUndefined();
    await vi.advanceTimersByTimeAsync(500);
    expect([grow(second, 50), grow(greedy, 60), grow(modest, 30)]).toEqual([undefined, 'waits', 'waits']);
    await vi.advanceTimersByTimeAsync(499);
    expect(known.map(({ state }) => state)).toEqual(['in', 'in', 'waiting', 'waiting']);
    await vi.advanceTimersByTimeAsync(1);
    expect(known.map(({ state }) => state)).toEqual(['evicted', 'in', 'waiting', 'in']);
    await vi.advanceTimersByTimeAsync(500);
    expect(known.map(({ state }) => state)).toEqual(['evicted', 'evicted', 'in', 'in']);
  });

  it('gives no room to a large body that comes later than one that waits, and serves that one first after 500 ms', async () => {
    const known: Known[] = [];
    const budget = createUnauthenticated(limits);
    const [first, second, third, waiting, later] = [1, 2, 3, 4, 5].map(() => enter(budget, known)) as [Known, Known, Known, Known, Known];
    expect([grow(first, 35), grow(second, 35), grow(third, 21), grow(waiting, 50)]).toEqual([undefined, undefined, undefined, 'waits']);
    await vi.advanceTimersByTimeAsync(600);
    first.permit.leave();
    await vi.advanceTimersByTimeAsync(0);
    expect(grow(later, 21)).toBe('waits');
    second.permit.leave();
    await vi.advanceTimersByTimeAsync(0);
    expect([waiting.state, waiting.bytes, later.state]).toEqual(['in', 50, 'waiting']);
  });

  it('offers what the oldest request held, which is evicted for a new one, to a body that waits', async () => {
    const known: Known[] = [];
    const budget = createUnauthenticated(limits);
    const [hoard, waiting] = [1, 2].map(() => enter(budget, known)) as [Known, Known];
    expect([grow(hoard, 100), grow(waiting, 50)]).toEqual([undefined, 'waits']);
    for (let count = 0; count < 4; count += 1) enter(budget, known);
    await vi.advanceTimersByTimeAsync(0);
    expect([hoard.state, waiting.state, waiting.bytes]).toEqual(['evicted', 'in', 50]);
  });

  it('serves a large body that waits as soon as another request leaves', async () => {
    const known: Known[] = [];
    const budget = createUnauthenticated(limits);
    const [first, second] = [1, 2].map(() => enter(budget, known)) as [Known, Known];
    expect([grow(first, 80), grow(second, 40)]).toEqual([undefined, 'waits']);
    first.permit.leave();
    await vi.advanceTimersByTimeAsync(0);
    expect([second.state, second.bytes, budget.bytes()]).toEqual(['in', 40, 40]);
  });

  it('refuses more bytes to a peer that holds its 40 and leaves another peer its own', () => {
    const known: Known[] = [];
    const budget = createUnauthenticated({ ...limits, maxBytesPerPeer: 40 });
    const [first, second, other] = ['192.0.2.1', '192.0.2.1', '192.0.2.2'].map((peer) => enter(budget, known, peer)) as [
      Known,
      Known,
      Known,
    ];
    expect([grow(first, 30), grow(second, 20), grow(other, 40)]).toEqual([undefined, 'ERR_INGRESS_PEER_LIMIT', undefined]);
    first.permit.leave();
    expect(grow(second, 20)).toBeUndefined();
  });
});

it('evicts one large body a millisecond, not all 4 in one turn, for the 4 that wait', async () => {
  let evicted = 0;
  const budget = createUnauthenticated({ ...limits, maxRequests: 10, maxBytes: 200, onEvicted: () => (evicted += 1) });
  const large = () => budget.enter('192.0.2.1', () => {}).grow(25);
  expect(Array.from({ length: 4 }, large)).toEqual(Array.from({ length: 4 }, () => undefined));
  const waiting = Array.from({ length: 4 }, large);
  expect(waiting.every((growth) => growth instanceof Promise)).toBe(true);
  const counts: number[] = [];
  vi.advanceTimersByTime(999);
  for (let passedMs = 0; passedMs < 5; passedMs += 1) {
    vi.advanceTimersByTime(1);
    counts.push(evicted);
  }
  expect(counts).toEqual([1, 2, 3, 4, 4]);
  expect(await Promise.all(waiting)).toEqual(Array.from({ length: 4 }, () => undefined));
});
