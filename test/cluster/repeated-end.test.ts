import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { KafkaLog } from '../../packages/event-log/src/kafka-log.ts';
import type { KafkaClient } from '../../packages/event-log/src/kafkajs/client/client.ts';
import {
  openTransactionalProducer,
  type TransactionalProducer,
} from '../../packages/event-log/src/produce/transaction/transactional-producer.ts';
import { aroundEndOfTransaction } from '../chaos/entries/around-commit.ts';
import { impatientEnd } from '../chaos/entries/impatient-end.ts';
import type { KafkaProxy } from '../support/kafka-proxy.ts';
import { type ProxiedBroker, startProxiedBroker } from '../support/proxied-broker.ts';

// The end of a transaction is asked for once. A client that asks again when no response came may have both requests carried out: the
// late one in the middle of its next transaction, of which it commits what is there by then.

/** How long the client waits for the end of a transaction. */
const TIMEOUT_MS = 1_000;
/** The end of the first transaction arrives while the second one has its record and not its offset. */
const END_HELD_MS = 3_000;
const OFFSET_HELD_MS = 4_500;
/** From the start of the second transaction: after that end, and before that offset. */
const TAKEN_AFTER_MS = 3_200;

/** What a broker takes for a group without members. */
const OUTSIDE_THE_GROUP = { memberId: '', generationId: -1 };

let blind = false;
let proxy: KafkaProxy;
let broker: ProxiedBroker | undefined;
let client: KafkaClient;
let log: KafkaLog;

beforeAll(async () => {
  aroundEndOfTransaction(impatientEnd({ timeoutMs: TIMEOUT_MS, blind: () => blind }));
  broker = await startProxiedBroker();
  ({ proxy, client, log } = broker);
});

afterAll(() => broker?.stop());

const open = (name: string): Promise<TransactionalProducer> =>
  openTransactionalProducer(client, { transactionalId: name, topics: [name], transactionTimeoutMs: 30_000 });

function run(producer: TransactionalProducer, name: string, value: string, offset: bigint) {
  return producer.run({
    records: [{ topic: name, key: Buffer.from('key'), value: Buffer.from(value) }],
    offsets: { groupId: name, member: OUTSIDE_THE_GROUP, positions: [{ topic: name, partition: 0, offset, metadata: '' }] },
  });
}

/**
 * The end of a first transaction, of the value "one" and the offset 10, is delayed; in a second one, of "two" and 20, another process takes
 * the id over. Gives what can be read then, and the committed offset.
 */
async function twoTransactions(): Promise<readonly [values: readonly string[], offset: bigint | undefined]> {
  const name = `test.repeated.${randomBytes(6).toString('hex')}`;
  await log.applyTopics([{ name, partitions: 1, cleanup: 'delete', retentionMs: -1 }], { replicationFactor: 1 });
  const first = await open(name);
  proxy.setRules([{ api: 'endTxn', action: 'hold-request', oneIn: 1, delayMs: END_HELD_MS, most: 1 }]);
  const ended = await run(first, name, 'one', 10n).then(
    () => true,
    () => false,
  );
  expect(ended).toBe(blind);
  const second = ended ? first : await open(name);
  proxy.setRules([{ api: 'txnOffsetCommit', action: 'hold-request', oneIn: 1, delayMs: OFFSET_HELD_MS, most: 1 }]);
  const refused = run(second, name, 'two', 20n).then(
    () => false,
    () => true,
  );
  await delay(TAKEN_AFTER_MS);
  const other = await open(name);
  expect(await refused).toBe(true);
  proxy.setRules([]);
  const values: string[] = [];
  const reader = await log.reader({
    topics: [name],
    from: 'beginning',
    onRecords: (records) => void values.push(...records.map(({ value }) => `${value}`)),
  });
  await reader.caughtUp;
  const admin = await log.admin();
  const [committed] = await admin.committed(name, name);
  await Promise.all([reader.stop(), admin.stop(), first.close(), second.close(), other.close()]);
  return [values, committed?.offset];
}

// Where the machine stalls, a request may miss the time in which it does harm.
it('asked for once, the end leaves nothing of a transaction whose offset was not committed', { retry: 2 }, async () => {
  blind = false;
  expect(await twoTransactions()).toEqual([[], undefined]);
});

it('asked for again, the end commits the record of the next transaction without its offset: it would be written twice', {
  retry: 2,
}, async () => {
  blind = true;
  expect(await twoTransactions()).toEqual([['one', 'two'], 10n]);
});
