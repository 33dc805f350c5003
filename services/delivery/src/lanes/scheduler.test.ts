import { describe, expect, it } from 'vitest';
import type { Pace } from './attempt-times.ts';
import { type Contender, createScheduler } from './scheduler.ts';

interface FakeLane extends Contender {
  readonly name: string;
  readonly lane: { inFlight: number; pace(): Pace };
}

/** Lanes that have work at all times, whose attempts last until they are ended. */
function setUp(maxInFlight: number) {
  const scheduler = createScheduler<FakeLane>(maxInFlight);
  const running: FakeLane[] = [];
  const seen = { looks: 0 };
  let now = 0;

  function lane(name: string, origin = name, pace: Pace = 'unproven'): FakeLane {
    const look = (): Pace => {
      seen.looks += 1;
      return pace;
    };
    return { name, origin, lane: { inFlight: 0, pace: look } };
  }

  /** Starts all that may start; gives their names. */
  function start(): string[] {
    const names: string[] = [];
    for (let turn = scheduler.next(now); turn !== undefined; turn = scheduler.next(now)) {
      turn.contender.lane.inFlight += 1;
      scheduler.started(turn, now);
      running.push(turn.contender);
      names.push(turn.contender.name);
    }
    return names;
  }

  /** Ends the oldest attempt; its lane has no more work. */
  function end(): void {
    now += 1;
    const ended = running.shift();
    if (ended === undefined) throw new Error('nothing is in flight');
    ended.lane.inFlight -= 1;
    scheduler.ended(ended, now);
  }

  const wait = (contender: FakeLane, flow: string): void => scheduler.wait(contender, 'first', flow, now);
  return { scheduler, seen, lane, wait, start, end };
}

describe('lanes of an origin that has no slot for them', () => {
  it('are looked at a bounded number of times for each start, with 10,000 of them', () => {
    const { seen, lane, wait, start, end } = setUp(40);
    for (let n = 0; n < 10_000; n++) wait(lane(`lane ${n}`, 'origin'), 'large');
    expect(start()).toHaveLength(15);
    seen.looks = 0;
    for (let n = 0; n < 1_000; n++) {
      end();
      expect(start()).toHaveLength(1);
    }
    expect(seen.looks).toBeLessThan(50 * 1_000);
  });

  it('delay no lane of another origin', () => {
    const { lane, wait, start } = setUp(40);
    for (let n = 0; n < 10_000; n++) wait(lane(`lane ${n}`, 'origin'), 'large');
    start();
    wait(lane('other'), 'other');
    expect(start()).toEqual(['other']);
  });

  it('start in turn by flow once it has one', () => {
    const { lane, wait, start, end } = setUp(4);
    for (let n = 0; n < 100; n++) wait(lane(`large ${n}`, 'origin'), 'large');
    expect(start()).toEqual(['large 0', 'large 1']);
    wait(lane('small', 'origin'), 'small');
    expect(start()).toEqual([]);
    const next: string[] = [];
    for (let n = 0; n < 3; n++) {
      end();
      next.push(...start());
    }
    expect(next).toContain('small');
  });

  it('all start in the end, also when some that might start are withdrawn', () => {
    const { scheduler, lane, wait, start, end } = setUp(4);
    const lanes = Array.from({ length: 50 }, (_, n) => lane(`lane ${n}`, 'origin'));
    for (const one of lanes) wait(one, 'flow');
    const started = start();
    const withdrawn = lanes.filter((_, n) => n % 3 === 2);
    for (let n = 0; scheduler.inFlight > 0; n++) {
      end();
      const gone = withdrawn[n];
      if (gone !== undefined && !started.includes(gone.name)) scheduler.withdraw(gone, 'first', n);
      started.push(...start());
    }
    const missing = lanes.filter(({ name }) => !started.includes(name));
    expect(missing.every((one) => withdrawn.includes(one))).toBe(true);
    expect(new Set(started).size).toBe(started.length);
  });
});

describe('a slot that one lane may have', () => {
  it('goes to a first attempt before a retry of a flow that had no turn for longer', () => {
    const { scheduler, lane, wait, start } = setUp(1);
    scheduler.wait(lane('retry'), 'retry', 'old', 0);
    wait(lane('first'), 'new');
    expect(start()).toEqual(['first']);
  });
});
