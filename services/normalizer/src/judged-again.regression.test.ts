import { createOfflineCodec, topics } from '@switchboard/contracts';
import type { LogRecord } from '@switchboard/event-log';
import { expect, it } from 'vitest';
import { createRecordNormalizer } from './record-normalizer.ts';
import { createRejectShare } from './reject-share.ts';
import { normalizeAll } from './testing/normalize-all.ts';

const faulty = (partition: number, offset: number): LogRecord => ({
  ...{ topic: topics.raw.name, partition, offset: BigInt(offset), timestamp: 0 },
  ...{ key: null, value: Buffer.from('poison poison'), headers: [] },
});

function rig() {
  const rejectShare = createRejectShare({ limit: 0.5, over: 10 });
  const context = { codec: createOfflineCodec(), codeVersion: '1', normalize: () => undefined };
  const normalizer = createRecordNormalizer(context, rejectShare, () => {});
  return (partition: number, ...offsets: number[]) =>
    normalizeAll(
      normalizer,
      offsets.map((offset) => faulty(partition, offset)),
    );
}

it('a record whose transaction fails 20 times counts once in the share of rejected notifications', async () => {
  const process = rig();
  for (let tries = 0; tries < 20; tries += 1) await expect(process(3, 1, 2, 3)).resolves.toHaveLength(3);
});

it('a record beyond those that were judged counts, in each partition on its own', async () => {
  const process = rig();
  await process(3, 1, 2, 3);
  await process(3, 1, 2, 3, 4, 5);
  await process(4, 1, 2, 3, 4);
  await expect(process(3, 5, 6)).rejects.toMatchObject({ code: 'ERR_NORMALIZER_REJECT_SHARE' });
});
