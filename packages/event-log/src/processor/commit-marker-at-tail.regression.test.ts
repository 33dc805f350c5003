import { afterEach, describe, expect, it } from 'vitest';
import type { Processor } from '../log.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import type { GroupConsumerOptions } from './group-consumer.ts';
import { createProcessor } from './processor.ts';
import { createFakeClient } from './testing/fake-client.ts';
import { record } from './testing/processing-rig.ts';

// A partition that is written in transactions ends in a marker, which is read and never handed over: a position counted
// by records alone is one below the end for as long as no record is written.

const PATIENCE_MS = 60_000;
let processor: Processor | undefined;

afterEach(() => processor?.stop());

async function setUp() {
  const { client, state } = createFakeClient();
  const clock = createManualClock();
  let committed = 0n;
  let restarts = 0;
  let group: GroupConsumerOptions | undefined;
  processor = await createProcessor(
    client,
    { groupId: 'g', topics: ['in'], outputTopics: ['out'], withoutOffset: 'beginning', process: () => [] },
    {
      clock,
      async joinGroup(options) {
        group = options;
        options.onAssigned([{ topic: 'in', partition: 0 }], { memberId: 'm', generationId: 1 });
        options.partition({ topic: 'in', partition: 0 })?.begin(0n);
        return {
          pause: () => undefined,
          resume: () => undefined,
          seek: () => undefined,
          alive: () => true,
          rejoin: () => undefined,
          restartReading: () => {
            restarts += 1;
          },
          stop: async () => undefined,
        };
      },
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
  /** The records of a response, up to `next`. */
  const fetch = async (offsets: readonly number[], next: number): Promise<void> => {
    const from = group?.partition({ topic: 'in', partition: 0 })?.readTo() ?? 0n;
    group?.onFetched({ topic: 'in', partition: 0, records: offsets.map((offset) => record(offset, 0)), from, next: BigInt(next) });
    await clock.advance(0);
  };
  return { state, clock, fetch, restarts: () => restarts, committed: () => committed };
}

describe('the watchdog of a processor', () => {
  it('takes a partition for read to its end when the marker came with the last record', async () => {
    const { fetch, state, clock, restarts, committed } = await setUp();
    state.end = 3;
    await fetch([0, 1], 3);
    await clock.advance(3 * PATIENCE_MS);
    expect([restarts(), committed(), processor?.healthy()]).toEqual([0, 2n, true]);
  });

  it('takes a partition for read to its end when the marker came alone, or what was aborted with it', async () => {
    const { fetch, state, clock, restarts } = await setUp();
    await fetch([0, 1], 2);
    await fetch([], 3);
    await fetch([], 7);
    state.end = 7;
    await clock.advance(3 * PATIENCE_MS);
    expect(restarts()).toBe(0);
  });

  it('restarts reading that does not move although there are records, and again while it does not', async () => {
    const { fetch, state, clock, restarts } = await setUp();
    await fetch([0, 1], 3);
    state.end = 9;
    await clock.advance(PATIENCE_MS + 20_000);
    expect(restarts()).toBe(1);
    await clock.advance(PATIENCE_MS + 20_000);
    expect(restarts()).toBe(2);
    await fetch([3, 4], 9);
    await clock.advance(3 * PATIENCE_MS);
    expect(restarts()).toBe(2);
  });
});
