import { createOfflineCodec, topics } from '@switchboard/contracts';
import type { LogRecord } from '@switchboard/event-log';
import { expect, it } from 'vitest';
import { createRejectShare } from './reject-share.ts';
import { createSliceNormalizer } from './slice-normalizer.ts';

const faulty = (partition: number, offset: number): LogRecord => ({
  ...{ topic: topics.raw.name, partition, offset: BigInt(offset), timestamp: 0 },
  ...{ key: null, value: Buffer.from('poison poison'), headers: [] },
});

function rig() {
  const rejectShare = createRejectShare({ limit: 0.5, over: 10 });
  const context = { codec: createOfflineCodec(), codeVersion: '1', normalize: () => undefined };
  const normalizer = createSliceNormalizer(context, rejectShare, () => {});
  return (partition: number, ...offsets: number[]) =>
    normalizer.process({ topic: topics.raw.name, partition, records: offsets.map((offset) => faulty(partition, offset)) });
}

it('a slice whose transaction fails again and again counts once in the share of rejected notifications', async () => {
  const process = rig();
  for (let tries = 0; tries < 20; tries += 1) await expect(process(3, 1, 2, 3)).resolves.toHaveLength(3);
});

it('what a slice holds beyond what was judged counts, in each partition of its own', async () => {
  const process = rig();
  await process(3, 1, 2, 3);
  await process(3, 1, 2, 3, 4, 5);
  await process(4, 1, 2, 3, 4);
  await expect(process(3, 5, 6)).rejects.toMatchObject({ code: 'ERR_NORMALIZER_REJECT_SHARE' });
});
