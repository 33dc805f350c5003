import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Delivery } from './delivery.ts';
import { OrderLine } from './order-line.ts';

const BACK_AFTER_MS = 10_000;
const MAX_HERE = 50;
const MAX_HERE_MS = 5_000;

const nameOf = (sequence: number) => `${sequence}/0`;
/** What a line looks at in a delivery. */
const delivery = (sequence: number) =>
  ({ key: Buffer.from('talk'), state: { deliveryId: `${sequence}`, run: '0' }, sequence: BigInt(sequence) }) as unknown as Delivery;

const operation = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('enter' as const), sequence: fc.nat(15) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('end' as const), topic: fc.option(fc.integer({ min: 1, max: 5 })) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 6_000 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('forget' as const), continues: fc.boolean() }) },
);

/** A line, and all that is known of it from outside. */
function createModel() {
  let now = 0;
  const line = new OrderLine(0, { now: () => now, backAfterMs: () => BACK_AFTER_MS });
  /** Those that wait here for the turn, with the time since when. */
  const here = new Map<number, number>();
  const inTopics = new Map<number, { readonly topic: number; readonly expectedBy: number }>();
  let turn: number | undefined;

  /** The earliest delivery that waits in a retry topic. */
  function earliest(): number | undefined {
    return [...inTopics]
      .flatMap(([sequence, { expectedBy }]) => (expectedBy >= now ? [sequence] : []))
      .sort((one, other) => one - other)[0];
  }
  const wentTo = (sequence: number, topic: number) => inTopics.set(sequence, { topic, expectedBy: now + BACK_AFTER_MS });

  function enter(sequence: number): void {
    if (here.has(sequence) || turn === sequence) return;
    here.set(sequence, now);
    inTopics.delete(sequence);
    line.enter({
      delivery: delivery(sequence),
      since: now,
      actions: {
        proceed: () => {
          expect(turn).toBe(undefined);
          expect(earliest() ?? Number.POSITIVE_INFINITY).toBeGreaterThan(sequence);
          turn = sequence;
          here.delete(sequence);
        },
        wait: (topic) => {
          here.delete(sequence);
          if (turn !== undefined) {
            expect(topic).toBe(1);
            wentTo(sequence, topic);
            return;
          }
          const first = earliest() ?? Number.POSITIVE_INFINITY;
          expect(first).toBeLessThan(sequence);
          expect(topic).toBe(inTopics.get(first)?.topic);
          turn = sequence;
        },
      },
    });
  }

  function end(topic: number | null): void {
    if (turn === undefined) return;
    const ended = turn;
    const next = Math.min(...here.keys());
    const behind = [...here].filter(([sequence, since]) => sequence !== next && now - since <= MAX_HERE_MS);
    line.endTurn(nameOf(99));
    turn = undefined;
    if (topic !== null) {
      wentTo(ended, topic);
      line.expect(delivery(ended), topic);
    }
    line.endTurn(nameOf(ended));
    expect(turn ?? Number.POSITIVE_INFINITY).toBe(next);
    expect([...here]).toEqual(behind);
  }

  function forget(continues: boolean): void {
    const given = line.forget((name) => continues && turn !== undefined && name === nameOf(turn));
    expect(given.map((entry) => Number(entry.delivery.sequence))).toEqual([...here.keys()].sort((one, other) => one - other));
    here.clear();
    inTopics.clear();
    if (!continues) turn = undefined;
  }

  function check(): void {
    expect(here.size).toBeLessThanOrEqual(MAX_HERE);
    expect(line.isEmpty()).toBe(turn === undefined && here.size === 0 && earliest() === undefined);
    if (here.size > 0) expect(turn).not.toBe(undefined);
  }

  function pass(ms: number): void {
    now += ms;
  }

  return { enter, end, forget, check, pass };
}

it('gives one delivery at a time its turn, the earliest here first, and none before an earlier one that waits in a retry topic', () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 200 }), (operations) => {
      const model = createModel();
      for (const one of operations) {
        if (one.kind === 'enter') model.enter(one.sequence);
        else if (one.kind === 'end') model.end(one.topic);
        else if (one.kind === 'pass') model.pass(one.ms);
        else model.forget(one.continues);
        model.check();
      }
    }),
    { numRuns: 300 },
  );
});

it('keeps 50 here behind the one that has its turn, and sends the last ones to the shortest retry topic', () => {
  const model = createModel();
  for (let sequence = 0; sequence < 60; sequence++) {
    model.enter(sequence);
    model.check();
  }
});
