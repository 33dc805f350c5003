import { afterEach, describe, expect, it } from 'vitest';
import type { Processor } from '../log.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { createProcessor } from './processor.ts';
import { createFakeClient } from './testing/fake-client.ts';

// A partition that is written in transactions ends in a marker, which is read and never handed over: a position counted
// by records alone stands one below the end for as long as nothing is written.

const PATIENCE_MS = 60_000;
let processor: Processor | undefined;

afterEach(() => processor?.stop());

async function setUp() {
  const fake = createFakeClient();
  const clock = createManualClock();
  let committed = 0n;
  processor = await createProcessor(
    fake.client,
    { groupId: 'g', topics: ['in'], outputTopics: ['out'], withoutOffset: 'beginning', process: () => [] },
    {
      clock,
      openProducer: async () => ({
        async run({ offsets }) {
          committed = offsets?.positions[0]?.offset ?? committed;
          return [];
        },
        offsets: async () => new Map([['in/0', { offset: committed, metadata: '' }]]),
        fence: async () => undefined,
        spent: () => false,
        close: async () => undefined,
      }),
    },
  );
  await clock.advance(0);
  /** Time in which fetches are answered with nothing. */
  const idle = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 1_000) {
      fake.answerNothing();
      await clock.advance(1_000);
    }
  };
  return { ...fake, clock, idle, committed: () => committed };
}

describe('the watchdog of a processor', () => {
  it('takes a partition for read to its end when the marker came in the batch of the last record', async () => {
    const { fetch, endAt, idle, members, committed } = await setUp();
    endAt(3);
    await fetch({ offsets: [0, 1], first: 0, last: 2 });
    await idle(3 * PATIENCE_MS);
    expect([members(), committed(), processor?.healthy()]).toEqual([1, 2n, true]);
  });

  it('takes a partition for read to its end when the marker came in a batch of its own, or what was aborted with it', async () => {
    const { fetch, endAt, idle, members } = await setUp();
    await fetch({ offsets: [0, 1], first: 0, last: 1 });
    await fetch({ offsets: [], first: 2, last: 2 });
    await fetch({ offsets: [], first: 3, last: 6 });
    endAt(7);
    await idle(3 * PATIENCE_MS);
    expect(members()).toBe(1);
  });

  it('replaces a member that stands still before records, and the next one that does', async () => {
    const { fetch, endAt, idle, members } = await setUp();
    await fetch({ offsets: [0, 1], first: 0, last: 2 });
    endAt(9);
    await idle(PATIENCE_MS + 20_000);
    expect(members()).toBe(2);
    await idle(PATIENCE_MS + 20_000);
    expect(members()).toBe(3);
    await fetch({ offsets: [3, 4], first: 3, last: 8 });
    await idle(3 * PATIENCE_MS);
    expect(members()).toBe(3);
  });

  it('believes nothing of a batch that begins beyond what was read', async () => {
    const { fetch, endAt, idle, members } = await setUp();
    await fetch({ offsets: [0, 1], first: 0, last: 2 });
    await fetch({ offsets: [], first: 7, last: 8 });
    endAt(9);
    await idle(PATIENCE_MS + 20_000);
    expect(members()).toBe(2);
  });
});
