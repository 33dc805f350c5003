import { describe, expect, it } from 'vitest';
import type { OutRecord } from '../../log.ts';
import { silentLogger } from '../../logger.ts';
import { createManualClock } from '../../testing/manual-clock.ts';
import type { BatchOutcome, OutBatch } from '../send-path/batch.ts';
import { startAppender } from './appender.ts';

// A refusal makes the appender doubt how many partitions the topic has. A record that waits for the new count is still found
// in its queue: by the deadline of its caller, who is told that it was not stored.

const MOST = 3;
const REFUSED: BatchOutcome = { kind: 'refused', errorCode: 29 };

async function setUp() {
  const clock = createManualClock();
  const sends: { readonly partition: number; readonly values: readonly string[]; end(outcome: BatchOutcome): void }[] = [];
  const appender = await startAppender(
    {
      clock,
      logger: silentLogger,
      openSession: async () => ({
        sender: {
          send(batches, onOutcome) {
            const ends = batches.map((batch: OutBatch, index) => {
              const { promise, resolve } = Promise.withResolvers<BatchOutcome>();
              const end = (outcome: BatchOutcome): void => {
                onOutcome?.(index, outcome);
                resolve(outcome);
              };
              sends.push({ partition: batch.partition, values: batch.records.map(({ value }) => `${value}`), end });
              return promise;
            });
            return Promise.all(ends);
          },
          discarded: () => undefined,
          discard: () => undefined,
        },
        partitionsOf: async () => 12,
        ping: async () => undefined,
        close: async () => undefined,
      }),
    },
    { maxQueuedRecords: MOST },
  );
  const append = (value: string, partition: number, deadlineMs = 30_000) => {
    const record: OutRecord = { topic: 't', key: Buffer.from('k'), value: Buffer.from(value), partition };
    return appender.append(record, { deadlineMs });
  };
  /** `first` is with the send path and `expired` waits behind it when a batch of another partition is refused. */
  const first = append('first', 1);
  const refused = append('refused', 2);
  await clock.advance(2);
  const expired = append('expired', 1, 100);
  sends[1]?.end(REFUSED);
  await clock.advance(100);
  return { clock, sends, append, first, refused, expired };
}

describe('a record that waits while a batch of its topic is refused', () => {
  it('is never sent once its caller was told that it was not', async () => {
    const { clock, sends, append, first, refused, expired } = await setUp();
    expect(await refused).toMatchObject({ ok: false });
    expect(await expired).toEqual({ ok: false, code: 'ERR_LOG_UNAVAILABLE' });
    sends[0]?.end({ kind: 'written', baseOffset: 0n });
    expect(await first).toMatchObject({ ok: true });
    void append('next', 1);
    await clock.advance(10);
    expect(sends.map(({ values }) => values)).toEqual([['first'], ['refused'], ['next']]);
  });

  it('is counted out once', async () => {
    const { clock, sends, append } = await setUp();
    sends[0]?.end({ kind: 'written', baseOffset: 0n });
    await clock.advance(10);
    for (const { end } of sends.slice(2)) end({ kind: 'written', baseOffset: 1n });
    for (let count = 0; count < MOST; count += 1) void append('more', 3);
    expect(await append('too many', 3)).toEqual({ ok: false, code: 'ERR_LOG_QUEUE_FULL' });
  });
});
