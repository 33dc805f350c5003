/**
 * A process that copies an input topic into an output topic and stops itself (SIGSTOP) once, within its second transaction: before it
 * asks for the commit of the offsets, or between that and the end of the transaction. It prints the codes of its warnings.
 *
 * Variants that must never be: `without-member` commits offsets without member and generation, `without-stable` reads them although an
 * open transaction may change them.
 */
import { createRequire } from 'node:module';
import { createClient, loadKafka } from '../../../packages/event-log/src/kafkajs/client/client.ts';
import { kafkajsPath } from '../../../packages/event-log/src/kafkajs/patches/load-kafkajs.ts';
import { createProcessor } from '../../../packages/event-log/src/processor/processor.ts';
import { openTransactionalProducer } from '../../../packages/event-log/src/produce/transaction/transactional-producer.ts';
import { aroundCommit } from '../../chaos/entries/around-commit.ts';

const [brokers = '', input = '', output = '', instanceId = '', pauseAt = '', variant = ''] = process.argv.slice(2);
/** Longer than a member may be paused in the tests. */
const TRANSACTION_TIMEOUT_MS = 60_000;

let reached = 0;
function pauseInSecond(): void {
  reached += 1;
  if (reached === 2) process.kill(process.pid, 'SIGSTOP');
}

if (pauseAt === 'before-offsets') {
  loadKafka();
  const { prototype } = createRequire(import.meta.url)(kafkajsPath('src/broker/index.js'));
  const { addOffsetsToTxn } = prototype;
  prototype.addOffsetsToTxn = async function (request: unknown) {
    const response = await addOffsetsToTxn.call(this, request);
    pauseInSecond();
    return response;
  };
}
if (pauseAt === 'before-end') aroundCommit(/./, pauseInSecond, () => undefined);

const say = (fields: object): void => {
  if ('code' in fields && fields.code !== undefined) process.stdout.write(`${fields.code}\n`);
};
const silent = (): void => undefined;
const processor = await createProcessor(
  createClient({ brokers: brokers.split(','), clientId: instanceId, logger: { debug: silent, info: silent, warn: say, error: say } }),
  {
    groupId: input,
    instanceId,
    topics: [input],
    outputTopics: [output],
    bounds: { maxRecords: 5 },
    process: ({ key, value }) => [{ records: [{ topic: output, key: key ?? Buffer.alloc(0), value }] }],
  },
  {
    async openProducer(client, options) {
      const producer = await openTransactionalProducer(client, { ...options, transactionTimeoutMs: TRANSACTION_TIMEOUT_MS });
      return {
        ...producer,
        run: ({ records, offsets }) =>
          producer.run(
            offsets === undefined || variant !== 'without-member'
              ? { records, ...(offsets === undefined ? {} : { offsets }) }
              : { records, offsets: { ...offsets, member: { memberId: '', generationId: -1 } } },
          ),
        offsets: (groupId, partitions, require) => producer.offsets(groupId, partitions, variant === 'without-stable' ? 'any' : require),
      };
    },
  },
);
await processor.done;
