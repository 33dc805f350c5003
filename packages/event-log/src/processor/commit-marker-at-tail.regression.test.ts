import { afterEach, describe, expect, it } from 'vitest';
import { createFakeFetchers } from '../group/testing/fake-fetcher.ts';
import type { Processor } from '../log.ts';
import { createFakeGroup } from '../member/testing/fake-group.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { startGroupConsumer } from './group-consumer.ts';
import { createProcessor } from './processor.ts';
import { record } from './testing/processing-rig.ts';

// A partition that is written in transactions ends in a marker, which is read and never handed over: a position counted
// by records alone is one below the end for as long as no record is written.

const PATIENCE_MS = 60_000;
let processor: Processor | undefined;

afterEach(() => processor?.stop());

async function setUp() {
  const { client, state } = createFakeGroup({ in: 1 });
  const fetchers = createFakeFetchers();
  const clock = createManualClock();
  let committed = 0n;
  processor = await createProcessor(
    client,
    { groupId: 'g', topics: ['in'], outputTopics: [], withoutOffset: 'beginning', process: () => [] },
    {
      clock,
      joinGroup: (options) => startGroupConsumer({ ...options, createFetcher: fetchers.createFetcher }),
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
  let from = 0n;
  /** The records of a response, up to `next`. */
  const fetch = async (offsets: readonly number[], next: number): Promise<void> => {
    const records = offsets.map((offset) => record(offset, 0));
    from = fetchers.options().onFetched({ topic: 'in', partition: 0, records, from, next: BigInt(next) });
    await clock.advance(0);
  };
  const restarts = (): number => fetchers.calls.filter((call) => call === 'stop').length;
  return { range: state.range, clock, fetch, restarts, committed: () => committed };
}

describe('the watchdog of a processor', () => {
  it('takes a partition for read to its end when the marker came with the last record', async () => {
    const { fetch, range, clock, restarts, committed } = await setUp();
    range.end = 3;
    await fetch([0, 1], 3);
    await clock.advance(3 * PATIENCE_MS);
    expect([restarts(), committed(), processor?.healthy()]).toEqual([0, 2n, true]);
  });

  it('takes a partition for read to its end when the marker came alone, or what was aborted with it', async () => {
    const { fetch, range, clock, restarts } = await setUp();
    await fetch([0, 1], 2);
    await fetch([], 3);
    await fetch([], 7);
    range.end = 7;
    await clock.advance(3 * PATIENCE_MS);
    expect(restarts()).toBe(0);
  });

  it('restarts reading that does not move although there are records, and again while it does not', async () => {
    const { fetch, range, clock, restarts } = await setUp();
    await fetch([0, 1], 3);
    range.end = 9;
    await clock.advance(PATIENCE_MS + 20_000);
    expect(restarts()).toBe(1);
    await clock.advance(PATIENCE_MS + 20_000);
    expect(restarts()).toBe(2);
    await fetch([3, 4], 9);
    await clock.advance(3 * PATIENCE_MS);
    expect(restarts()).toBe(2);
  });
});
