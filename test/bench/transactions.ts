import { type Cluster, startCluster } from '@switchboard/local-stack';
import { createKafkaLog } from '../../packages/event-log/src/kafka-log.ts';
import { createClient } from '../../packages/event-log/src/kafkajs/client/client.ts';
import {
  openTransactionalProducer,
  type TransactionalProducer,
} from '../../packages/event-log/src/produce/transaction/transactional-producer.ts';
import type { Bench, BenchResult, Row } from './support/bench.ts';
import { round } from './support/cost-figures.ts';
import { percentile } from './support/statistics.ts';
import { milliseconds, whole } from './support/table.ts';
import { measureServices, type ServicesPart } from './transactions/of-services.ts';

const PARTITIONS = 12;
const VALUE_BYTES = 900;
const INPUT = 'bench.input.v1';
const OUTPUT = 'bench.output.v1';

/** Brokers, transactions at once, and records in each. */
const shapes: readonly { readonly brokers: number; readonly atOnce: readonly number[]; readonly records: readonly number[] }[] = [
  { brokers: 1, atOnce: [1, 2, 4, 12], records: [10] },
  { brokers: 1, atOnce: [2], records: [1, 100, 500, 1_000] },
  { brokers: 3, atOnce: [1, 2, 4, 12], records: [10] },
  { brokers: 3, atOnce: [2], records: [1, 100, 500, 1_000] },
];

/** What transactions cost: how many at once, and how many records in each, are worth it. */
export const transactionsBench: Bench = {
  name: 'transactions',
  title: 'Transactions: how many at once, and how large',
  profiled: 'normalizer',
  async run(options) {
    const { quick, report } = options;
    const durationMs = quick ? 2_000 : 6_000;
    const rows: Row[] = [];
    for (const brokers of [1, 3]) {
      report(`transactions: ${brokers} brokers`);
      const cluster = await startCluster({ size: brokers, longRunning: true });
      try {
        const run = await openProducers(cluster);
        await run(4, 10, durationMs);
        for (const { atOnce, records } of shapes.filter((shape) => shape.brokers === brokers)) {
          for (const many of atOnce) {
            for (const size of records) {
              const times = await run(many, size, durationMs);
              const perSecond = (times.length * 1_000) / durationMs;
              rows.push({
                brokers,
                atOnce: many,
                recordsEachWanted: size,
                perSecond: round(perSecond, 1),
                recordsPerSecond: Math.round(perSecond * size),
                p50Ms: round(percentile(times, 0.5), 1),
                p99Ms: round(percentile(times, 0.99), 1),
              });
            }
          }
        }
      } finally {
        await cluster.close();
      }
    }
    return resultOf(rows, await measureServices(options));
  },
};

function resultOf(rows: readonly Row[], services: ServicesPart): BenchResult {
  return {
    tables: [
      services.table,
      {
        columns: ['brokers', 'at once', 'records in each', 'transactions /s', 'records /s', 'p50', 'p99'],
        rows: rows.map((row) => [
          String(row.brokers),
          String(row.atOnce),
          String(row.recordsEachWanted),
          whole(Number(row.perSecond)),
          whole(Number(row.recordsPerSecond)),
          milliseconds(Number(row.p50Ms)),
          milliseconds(Number(row.p99Ms)),
        ]),
      },
    ],
    rows: [...services.rows, ...rows.map((row) => ({ part: 'producer', ...row }))],
    notes: [
      services.note,
      `Records of ${VALUE_BYTES} bytes with the offset of their input partition, ${PARTITIONS} transactional ids in turn, as a processor writes them; brokers and client share the machine.`,
      'More transactions at once end later and take the time of brokers from everything else; larger ones bring little more, and records that arrive while one runs make the next one larger.',
      'A transaction may stay open for ten seconds, many times the p99 above: if a process dies in one, readers of its partitions wait no longer than that.',
    ],
    ...(services.missed ? { missed: 'normalizer' as const } : {}),
  };
}

/** Runs transactions for a while; gives how long each took, milliseconds. */
type Run = (atOnce: number, records: number, durationMs: number) => Promise<number[]>;

async function openProducers({ brokers }: Cluster): Promise<Run> {
  const connection = { brokers: [...brokers], clientId: 'switchboard-bench' };
  const topics = [INPUT, OUTPUT].map((name) => ({ name, partitions: PARTITIONS, cleanup: 'delete', retentionMs: -1 }) as const);
  await createKafkaLog(connection).applyTopics(topics);
  const client = createClient(connection);
  const idle = await Promise.all(
    Array.from({ length: PARTITIONS }, async (_, partition) => ({
      partition,
      producer: await openTransactionalProducer(client, { transactionalId: `bench.${partition}`, topics: [OUTPUT] }),
    })),
  );
  let offset = 0n;

  async function runOne({ producer, partition }: { producer: TransactionalProducer; partition: number }, size: number): Promise<void> {
    offset += 1n;
    const record = { topic: OUTPUT, partition, key: Buffer.from('key'), value: Buffer.alloc(VALUE_BYTES) };
    await producer.run({
      records: Array.from({ length: size }, () => record),
      offsets: {
        groupId: 'switchboard-bench',
        member: { memberId: '', generationId: -1 },
        positions: [{ topic: INPUT, partition, offset, metadata: '' }],
      },
    });
  }

  return async (atOnce, records, durationMs) => {
    const times: number[] = [];
    const until = performance.now() + durationMs;
    const goOn = async (): Promise<void> => {
      while (performance.now() < until) {
        const next = idle.shift();
        if (next === undefined) throw new Error('more transactions at once than ids');
        const began = performance.now();
        await runOne(next, records);
        times.push(performance.now() - began);
        idle.push(next);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, goOn));
    return times;
  };
}
