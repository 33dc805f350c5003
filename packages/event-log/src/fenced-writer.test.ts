import { describe, expect, it } from 'vitest';
import { createFencedWriter } from './fenced-writer.ts';
import type { KafkaClient } from './kafkajs/client/client.ts';
import type { OutRecord } from './log.ts';
import { silentLogger } from './logger.ts';
import { TransactionError } from './produce/transaction/transaction-error.ts';
import type { openTransactionalProducer } from './produce/transaction/transactional-producer.ts';

const client = { logger: silentLogger } as KafkaClient;
const record: OutRecord = { topic: 't', key: Buffer.from('k'), value: Buffer.from('v'), partition: 0 };

function setUp(run: (records: readonly OutRecord[]) => Promise<never[]> = async () => []) {
  const steps: string[] = [];
  const open: typeof openTransactionalProducer = async (_client, { transactionalId }) => {
    steps.push(`take ${transactionalId}`);
    return {
      async run({ records }) {
        steps.push(`write ${records.length}`);
        return run(records);
      },
      offsets: async () => new Map(),
      fence: async () => undefined,
      spent: () => false,
      async close() {
        steps.push('close');
      },
    };
  };
  return { steps, writer: createFencedWriter(client, 'id', open) };
}

describe('createFencedWriter', () => {
  it('takes the id before it asks what to write', async () => {
    const { steps, writer } = setUp();
    const outcome = await writer.run(async () => {
      steps.push('decide');
      return [record];
    });
    expect(outcome).toEqual({ ok: true, positions: [] });
    expect(steps).toEqual(['take id', 'decide', 'write 1', 'close']);
  });

  it.each([
    ['fenced', 'ERR_LOG_FENCED'],
    ['aborted', 'ERR_LOG_UNAVAILABLE'],
    ['unknown', 'ERR_LOG_OUTCOME_UNKNOWN'],
  ] as const)('answers a transaction that is %s with %s', async (failure, code) => {
    const { writer } = setUp(async () => {
      throw new TransactionError(failure, 'as told');
    });
    expect(await writer.run(async () => [record])).toMatchObject({ ok: false, code });
  });

  it('rejects with what decide throws, writes nothing and can be used again', async () => {
    const { steps, writer } = setUp();
    await expect(writer.run(async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(steps).toEqual(['take id', 'close']);
    expect(await writer.run(async () => [])).toMatchObject({ ok: true });
  });

  it('runs one decision after the other', async () => {
    const { steps, writer } = setUp();
    await Promise.all([writer.run(async () => [record]), writer.run(async () => [record, record])]);
    expect(steps).toEqual(['take id', 'write 1', 'close', 'take id', 'write 2', 'close']);
  });

  it('refuses to run after stop', async () => {
    const { writer } = setUp();
    await writer.stop();
    expect(await writer.run(async () => [record])).toEqual({ ok: false, code: 'ERR_LOG_CLOSED' });
  });
});
