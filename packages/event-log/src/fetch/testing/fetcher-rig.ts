import type { Position } from '../../log.ts';
import { silentLogger } from '../../logger.ts';
import { keyOf } from '../../partition-key.ts';
import { createManualClock } from '../../testing/manual-clock.ts';
import { createFetcher, type FetchedPartition, type FetcherOptions } from '../fetcher.ts';
import { createFakeFetchCluster } from './fake-fetch-cluster.ts';

export const MAX_WAIT_MS = 500;

/** A fetcher over a fake cluster, and what it handed over and reported. */
export function setUpFetcher(topics: Readonly<Record<string, readonly number[]>>, options: Partial<FetcherOptions> = {}) {
  const clock = createManualClock();
  const fake = createFakeFetchCluster(topics, clock);
  const read: string[] = [];
  const fetched: FetchedPartition[] = [];
  const outOfRange: Position[] = [];
  const failing: { error: unknown; forMs: number }[] = [];
  const fetcher = createFetcher({
    cluster: fake.cluster,
    maxWaitMs: MAX_WAIT_MS,
    maxBytes: 10_000_000,
    maxBytesPerPartition: 1_000_000,
    onFetched(each) {
      fetched.push(each);
      read.push(...each.records.map((record) => `${keyOf(each)}@${record.offset}=${String(record.value)}`));
      return each.next;
    },
    onOutOfRange: (position) => void outOfRange.push(position),
    onFailing: (error, forMs) => void failing.push({ error, forMs }),
    clock,
    logger: silentLogger,
    ...options,
  });
  return { clock, ...fake, fetcher, read, fetched, outOfRange, failing };
}

export const t = (partition: number) => ({ topic: 't', partition });
export const at = (partition: number, offset = 0n): Position => ({ topic: 't', partition, offset });
