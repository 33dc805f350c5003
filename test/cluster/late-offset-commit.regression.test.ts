import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { KafkaLog } from '../../packages/event-log/src/kafka-log.ts';
import type { KafkaClient } from '../../packages/event-log/src/kafkajs/client/client.ts';
import {
  openTransactionalProducer,
  type TransactionalProducer,
} from '../../packages/event-log/src/produce/transaction/transactional-producer.ts';
import type { KafkaProxy } from '../support/kafka-proxy.ts';
import { type ProxiedBroker, startProxiedBroker } from '../support/proxied-broker.ts';

// The commit of an offset is asked again when it is not answered in time. The first request may still reach the broker in the
// next transaction of the same epoch, after that one's own, and put the older offset beside the newer output: after a crash
// the records between would be processed a second time.

/** Longer than a request is waited for, and than the second transaction needs to begin. */
const HELD_MS = 8_500;
/** Keeps the second transaction open until the held request has arrived. */
const SECOND_MS = 4_500;

/** What a broker takes for a group without members. */
const OUTSIDE_THE_GROUP = { memberId: '', generationId: -1 };

let proxy: KafkaProxy;
let broker: ProxiedBroker | undefined;
let client: KafkaClient;
let log: KafkaLog;

beforeAll(async () => {
  broker = await startProxiedBroker();
  ({ proxy, client, log } = broker);
});

afterAll(() => broker?.stop());

/** Commits 10 with a request that arrives in the transaction which commits 20; answers what is committed then. */
async function commitTwice(next: (first: TransactionalProducer, name: string) => Promise<TransactionalProducer>): Promise<bigint> {
  const name = `test.late.${randomBytes(6).toString('hex')}`;
  await log.applyTopics([{ name, partitions: 1, cleanup: 'delete', retentionMs: -1 }], { replicationFactor: 1 });
  const run = (producer: TransactionalProducer, offset: bigint) =>
    producer.run({
      records: [],
      offsets: { groupId: name, member: OUTSIDE_THE_GROUP, positions: [{ topic: name, partition: 0, offset, metadata: '' }] },
    });
  const first = await open(name);
  proxy.setRules([{ api: 'txnOffsetCommit', action: 'hold-request', oneIn: 1, delayMs: HELD_MS, most: 1 }]);
  await run(first, 10n);
  proxy.setRules([{ api: 'endTxn', action: 'hold-request', oneIn: 1, delayMs: SECOND_MS, most: 1 }]);
  const second = await next(first, name);
  await run(second, 20n);
  const admin = await log.admin();
  const [committed] = await admin.committed(name, name);
  await Promise.all([admin.stop(), first.close(), second === first ? undefined : second.close()]);
  return committed?.offset ?? -1n;
}

const open = (name: string): Promise<TransactionalProducer> =>
  openTransactionalProducer(client, { transactionalId: name, topics: [name], transactionTimeoutMs: 30_000 });

// Shows that the harm is real, by a request that must come while the second transaction is open: where the machine stalls it may miss that.
it('a late request counts in the next transaction of the same producer', { retry: 2 }, async () => {
  expect(await commitTwice(async (first) => first)).toBe(10n);
});

it('a late request is refused once the producer that lost it has been replaced', async () => {
  let spent = false;
  const committed = await commitTwice(async (first, name) => {
    spent = first.spent();
    return spent ? await open(name) : first;
  });
  expect([spent, committed]).toEqual([true, 20n]);
});
