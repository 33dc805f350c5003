import { topics } from '@switchboard/contracts';
import type { LogRecord } from '@switchboard/event-log';
import type { Bench, BenchOptions, BenchResult, Row } from './support/bench.ts';
import { type BenchStack, startBenchStack } from './support/bench-stack.ts';
import { pause } from './support/clock.ts';
import { type Endpoints, startEndpoints } from './support/endpoints.ts';
import { medianRow } from './support/median-row.ts';
import { appendAll, copiesOf, processedOf, readAll } from './support/preload.ts';
import { type Progress, watchProgress } from './support/progress.ts';
import { messagesFor } from './support/requests.ts';
import { startWorker } from './support/rpc.ts';
import { mebibytes, whole } from './support/table.ts';
import type { LoadCalls } from './workers/load.ts';

const TIMEOUT_MS = 120_000;

interface Stage {
  readonly stage: string;
  readonly title: string;
  readonly aimPerCpuSecond: number;
}

const stages = [
  { stage: 'normalizer', title: 'normalizer: raw → event', aimPerCpuSecond: 20_000 },
  { stage: 'fan-out', title: 'fan-out: event → pending delivery', aimPerCpuSecond: 40_000 },
  { stage: 'attempts', title: 'attempts: pending delivery → webhook → outcome', aimPerCpuSecond: 5_000 },
] as const satisfies readonly Stage[];

/** Each stage alone, working off what the one before has left. */
export const stagesBench: Bench = {
  name: 'stages',
  title: 'Normalizer, fan-out and attempts, each alone',
  profiled: 'delivery',
  async run(options) {
    const { quick, rounds = 1 } = options;
    const count = quick ? 20_000 : 40_000;
    const measured: Row[] = [];
    for (let index = 0; index < rounds; index += 1) measured.push(...(await measureStages(options, count)));
    return resultOf(
      stages.map(({ stage }) => medianRow(measured.filter((row) => row.stage === stage))),
      count,
      rounds,
    );
  },
};

async function measureStages(options: BenchOptions, count: number): Promise<readonly Row[]> {
  const { report } = options;
  const stack = await startBenchStack(options, { services: ['ingress', 'delivery', 'admin'] });
  try {
    const endpoints = await startEndpoints(stack, 1);
    try {
      await stack.services.delivery.stop();
      report(`stages: ${count} raw records`);
      const raw = await preload(stack, endpoints, count);
      const normalized = await normalize(stack, raw, report);
      const events = await readAll(stack, topics.messaging.name);
      if (events.length !== count) throw new Error(`${events.length} events of ${count} notifications`);
      const fannedOut = await fanOut(stack, endpoints, events, report);
      const attempted = await attempt(stack, endpoints, count, report);
      return [rowOf('normalizer', normalized), rowOf('fan-out', fannedOut), rowOf('attempts', attempted)];
    } finally {
      await endpoints.worker.stop();
    }
  } finally {
    await stack.stop();
  }
}

function rowOf(stage: (typeof stages)[number]['stage'], { perSecond, perCpuSecond, brokerCpuSeconds, residentBytes }: Progress): Row {
  return {
    stage,
    perSecond: Math.round(perSecond),
    perCpuSecond: Math.round(perCpuSecond),
    brokerCpuMicrosecondsEach: Math.round(brokerCpuSeconds * 1e6),
    residentMiB: Math.round(residentBytes / 2 ** 20),
  };
}

function resultOf(rows: readonly Row[], count: number, rounds: number): BenchResult {
  const missed = stages.filter(({ aimPerCpuSecond }, index) => Number(rows[index]?.perCpuSecond) < aimPerCpuSecond);
  return {
    tables: [
      {
        columns: ['stage', 'records /s', 'records / CPU s', 'aim', 'CPU of the broker for each', 'resident memory, most'],
        rows: stages.map(({ title, aimPerCpuSecond }, index) => [
          title,
          whole(Number(rows[index]?.perSecond)),
          whole(Number(rows[index]?.perCpuSecond)),
          whole(aimPerCpuSecond),
          `${rows[index]?.brokerCpuMicrosecondsEach} µs`,
          mebibytes(Number(rows[index]?.residentMiB) * 2 ** 20),
        ]),
      },
    ],
    rows,
    notes: [
      `${whole(count)} records in 12 partitions, worked off from a standing start; rates between the first fifth and the last twentieth.${rounds > 1 ? ` Medians of ${rounds} rounds.` : ''} Normalizer and fan-out by committed offsets, attempts by the requests that the receiver took (HTTPS, keep-alive, 200 at once, in a dedicated process).`,
      'For the attempts the one endpoint gets everything that waits, with LANE_CAPACITY=10000, LANE_CONCURRENCY=100 and MAX_OPEN_PER_PARTITION=100: with the usual lane most of it would be deferred to the retry topics first.',
      'During the fan-out the endpoint does not respond and few deliveries may be open, so that the process does little else; in service it shares its process with the attempts.',
    ],
    ...(missed.length > 0 ? { missed: missed[0]?.stage === 'normalizer' ? ('normalizer' as const) : ('delivery' as const) } : {}),
  };
}

/** Raw records of messages, one of them from the ingress and the others like it. */
async function preload(stack: BenchStack, { tenants }: Endpoints, count: number): Promise<readonly LogRecord[]> {
  const load = startWorker<LoadCalls>('load');
  try {
    const requests = await messagesFor(stack, ['bench:stages'], tenants);
    await load.call('open', { port: stack.ports.ingress, requests, perSecond: 10 });
  } finally {
    await load.stop();
  }
  const [template] = await readAll(stack, topics.raw.name);
  if (template === undefined) throw new Error('the ingress stored nothing');
  await appendAll(stack, copiesOf(stack, template, count - 1));
  return readAll(stack, topics.raw.name);
}

async function normalize(stack: BenchStack, raw: readonly LogRecord[], report: BenchOptions['report']): Promise<Progress> {
  report('stages: normalizer');
  const { normalizer } = stack.services;
  const done = processedOf(stack, 'switchboard.normalizer', topics.raw.name, raw);
  await normalizer.start();
  const progress = await watchProgress({
    service: normalizer,
    broker: stack.backbone.kafka,
    total: raw.length,
    done,
    timeoutMs: TIMEOUT_MS,
  });
  while ((await done()) < raw.length) await pause(100);
  await normalizer.stop();
  return progress;
}

async function fanOut(
  stack: BenchStack,
  { worker }: Endpoints,
  events: readonly LogRecord[],
  report: BenchOptions['report'],
): Promise<Progress> {
  report('stages: fan-out');
  const { delivery } = stack.services;
  const done = processedOf(stack, 'switchboard.fan-out', topics.messaging.name, events);
  await worker.call('hang', [0]);
  await delivery.start({ MAX_OPEN_PER_PARTITION: '10', LANE_CONCURRENCY: '100', BREAKER_THRESHOLD: '1000' });
  const progress = await watchProgress({
    service: delivery,
    broker: stack.backbone.kafka,
    total: events.length,
    done,
    timeoutMs: TIMEOUT_MS,
  });
  while ((await done()) < events.length) await pause(100);
  await delivery.stop();
  return progress;
}

async function attempt(stack: BenchStack, { worker }: Endpoints, total: number, report: BenchOptions['report']): Promise<Progress> {
  report('stages: attempts');
  const { delivery } = stack.services;
  await worker.call('hang', []);
  const before = await worker.call('count', null);
  await delivery.start({ LANE_CAPACITY: '10000', LANE_CONCURRENCY: '100', MAX_OPEN_PER_PARTITION: '100' });
  const done = async () => (await worker.call('count', null)) - before;
  // Those that hung before were counted then.
  return watchProgress({ service: delivery, broker: stack.backbone.kafka, total: total - before, done, timeoutMs: TIMEOUT_MS });
}
