import type { EachBatchPayload } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import type { Position } from '../log.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import type { Ownership } from './ownership.ts';
import { createPartitionIntake, type PartitionIntake } from './partition-intake.ts';
import { createBatchTaker } from './take-batch.ts';

function setUp({ start = 5n, maxOpen = 100, settled = true, logStartOffset = async () => 0n } = {}) {
  const given: bigint[] = [];
  const intake: PartitionIntake = createPartitionIntake({
    topic: 't',
    partition: 0,
    start,
    doneRuns: [],
    dueAt: undefined,
    maxOpen,
    clock: createManualClock(),
    onRecord: ({ record }) => void given.push(record.offset),
    pause: () => undefined,
    resume: () => undefined,
  });
  const ownership: Pick<Ownership, 'settled' | 'intake'> = {
    settled: async () => settled,
    intake: ({ topic }) => (topic === 't' ? intake : undefined),
  };
  const seeks: Position[] = [];
  const taker = createBatchTaker({ ownership, control: { seek: (position) => void seeks.push(position) }, logStartOffset });
  return { given, intake, seeks, taker };
}

/** A batch fetched at `fetched` that holds `offsets` and ends at `last`. */
function payload(fetched: number, offsets: readonly number[], last = offsets.at(-1) ?? fetched, topic = 't') {
  const resolved: string[] = [];
  const messages = offsets.map((offset) => ({
    offset: String(offset),
    timestamp: '0',
    attributes: 0,
    key: null,
    value: null,
    headers: {},
  }));
  const batch = { topic, partition: 0, fetchedOffset: String(fetched), messages, lastOffset: () => String(last) };
  return { resolved, batch: batch as unknown as EachBatchPayload['batch'], resolveOffset: (offset: string) => void resolved.push(offset) };
}

describe('batch taker', () => {
  it('hands a batch over and passes the control records at its end', async () => {
    const { given, intake, taker } = setUp();
    const batch = payload(5, [5, 6, 9], 11);
    await taker.take(batch);
    expect(given).toEqual([5n, 6n, 9n]);
    expect(intake.next()).toBe(12n);
    expect(batch.resolved).toEqual(['11']);
  });

  it('leaves the position at the first record that has to wait', async () => {
    const { given, taker } = setUp({ maxOpen: 2 });
    const batch = payload(5, [5, 6, 7, 8]);
    await taker.take(batch);
    expect(given).toEqual([5n, 6n]);
    expect(batch.resolved).toEqual(['6']);
    const again = payload(7, [7, 8]);
    await taker.take(again);
    expect(again.resolved).toEqual([]);
  });

  it('refuses a batch that begins beyond the wanted offset, for a fetch of an earlier generation may still arrive', async () => {
    const { given, seeks, taker } = setUp();
    const stale = payload(8, [8, 9]);
    await taker.take(stale);
    expect(given).toEqual([]);
    expect(stale.resolved).toEqual([]);
    expect(seeks).toEqual([{ topic: 't', partition: 0, offset: 5n }]);
    await taker.take(payload(5, [5, 6, 7]));
    expect(given).toEqual([5n, 6n, 7n]);
  });

  it('refuses such a fetch as often as it comes, also when the wanted offset is the same', async () => {
    const { given, seeks, taker } = setUp();
    await taker.take(payload(8, [8, 9]));
    await taker.take(payload(8, [8, 9]));
    expect([given, seeks.length]).toEqual([[], 2]);
  });

  it('refuses it while nobody knows where the log begins', async () => {
    const { given, seeks, taker } = setUp({ logStartOffset: () => Promise.reject(new Error('away')) });
    await taker.take(payload(8, [8, 9]));
    expect([given, seeks.length]).toEqual([[], 1]);
  });

  it('accepts a gap when the log itself begins there, or beyond it', async () => {
    for (const begin of [8n, 9n]) {
      const { given, intake, seeks, taker } = setUp({ logStartOffset: async () => begin });
      await taker.take(payload(8, [8, 9]));
      expect([seeks, given, intake.next()]).toEqual([[], [8n, 9n], 10n]);
    }
  });

  it('takes nothing of a partition that is not owned or while the generation is not settled', async () => {
    const { given, taker } = setUp();
    const foreign = payload(5, [5], 5, 'other');
    await taker.take(foreign);
    expect(foreign.resolved).toEqual([]);
    const unsettled = setUp({ settled: false });
    await unsettled.taker.take(payload(5, [5]));
    expect([...given, ...unsettled.given]).toEqual([]);
  });

  it('passes a batch of which nothing is left, but never one that does not continue the partition', () => {
    const { intake, taker } = setUp();
    taker.passFiltered({ topic: 't', partition: 0, firstOffset: '7', lastOffset: '9' });
    taker.passFiltered({ topic: 't', partition: 0, firstOffset: null, lastOffset: '9' });
    expect(intake.next()).toBe(5n);
    taker.passFiltered({ topic: 't', partition: 0, firstOffset: '5', lastOffset: '6' });
    expect(intake.next()).toBe(7n);
  });
});
