import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Connection, createConnections } from './connections.ts';

const MAX = 6;
const PER_PEER = 3;

interface Known {
  readonly connection: Connection;
  readonly peer: string | undefined;
  readonly openedAs: number;
  authenticated: boolean;
  open: boolean;
}

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('open' as const), peer: fc.constantFrom('192.0.2.1', '192.0.2.2', '2001:db8::1', undefined) }),
  },
  fc.record({ kind: fc.constant('authenticated' as const), which: fc.nat(20) }),
  fc.record({ kind: fc.constant('close' as const), which: fc.nat(20) }),
);

function run(maxConnectionsPerPeer: number, steps: readonly (typeof step extends fc.Arbitrary<infer Step> ? Step : never)[]) {
  const known: Known[] = [];
  let evicted = 0;
  const connections = createConnections({ maxConnections: MAX, maxConnectionsPerPeer, onEvicted: () => (evicted += 1) });
  for (const each of steps) {
    if (each.kind === 'open') {
      const openBefore = known.filter(({ open }) => open);
      const entry: { -readonly [Key in keyof Known]?: Known[Key] } = {
        peer: each.peer,
        openedAs: known.length,
        authenticated: false,
        open: true,
      };
      known.push(entry as Known);
      entry.connection = connections.open(each.peer, () => {
        const victim = entry as Known;
        expect(victim.authenticated).toBe(false);
        victim.open = false;
      });
      // The victim is older than every other one that authenticated nothing, of its peer or of all.
      for (const victim of openBefore.filter(({ open }) => !open)) {
        const spared = known.filter(({ open, authenticated }) => open && !authenticated);
        const ofPeer = spared.filter(({ peer }) => peer === victim.peer);
        expect([spared, ofPeer].some((others) => others.every(({ openedAs }) => openedAs > victim.openedAs))).toBe(true);
      }
    } else {
      const chosen = known[each.which];
      if (chosen === undefined) continue;
      if (each.kind === 'authenticated') {
        chosen.connection.authenticated();
        if (chosen.open) chosen.authenticated = true;
      } else {
        chosen.connection.closed();
        chosen.open = false;
      }
    }
    const open = known.filter((entry) => entry.open);
    expect(connections.count()).toBe(open.length);
    expect(connections.unauthenticated()).toBe(open.filter(({ authenticated }) => !authenticated).length);
    expect(open.length).toBeLessThanOrEqual(MAX);
    if (maxConnectionsPerPeer > 0) {
      for (const peer of ['192.0.2.1', '192.0.2.2', '2001:db8::1']) {
        expect(open.filter((entry) => entry.peer === peer && !entry.authenticated).length).toBeLessThanOrEqual(PER_PEER);
      }
    }
  }
  return { known, evicted };
}

describe('createConnections', () => {
  it('never exceeds its cap, never closes an authenticated connection, and closes the oldest other one', () => {
    fc.assert(fc.property(fc.array(step, { maxLength: 120 }), (steps) => void run(0, steps)));
  });

  it('keeps a peer to 3 unauthenticated connections by closing its oldest, trusted proxies excepted', () => {
    fc.assert(fc.property(fc.array(step, { maxLength: 120 }), (steps) => void run(PER_PEER, steps)));
  });

  it('admits a new connection while any other is unauthenticated, and refuses it when none is', () => {
    const closed: number[] = [];
    const connections = createConnections({ maxConnections: 2, maxConnectionsPerPeer: 0, onEvicted: () => {} });
    const [, second] = [0, 1].map((index) => connections.open('192.0.2.1', () => closed.push(index)));
    connections.open('192.0.2.1', () => closed.push(2)).authenticated();
    second?.authenticated();
    expect(closed).toEqual([0]);
    connections.open('192.0.2.1', () => closed.push(3));
    expect([closed, connections.count()]).toEqual([[0, 3], 2]);
  });

  it('counts a connection of a trusted proxy for the peer behind it, once a request names it', () => {
    const closed: string[] = [];
    const connections = createConnections({ maxConnections: 100, maxConnectionsPerPeer: 1, onEvicted: () => {} });
    const [first, second, third] = ['first', 'second', 'third'].map((name) => connections.open(undefined, () => closed.push(name)));
    first?.countFor('198.51.100.1');
    second?.countFor('198.51.100.2');
    third?.countFor('198.51.100.1');
    third?.countFor('198.51.100.1');
    expect(closed).toEqual(['first']);
    third?.authenticated();
    second?.countFor('198.51.100.1');
    expect(closed).toEqual(['first']);
  });
});
