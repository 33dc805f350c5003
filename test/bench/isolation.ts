import type { Bench, BenchOptions, BenchResult } from './support/bench.ts';
import { type BenchStack, startBenchStack } from './support/bench-stack.ts';
import { type Endpoints, startEndpoints } from './support/endpoints.ts';
import { startWorker } from './support/rpc.ts';
import { median, percentile } from './support/statistics.ts';
import { sendSteadily } from './support/steady-load.ts';
import { milliseconds } from './support/table.ts';
import type { LoadCalls } from './workers/load.ts';

const EVENT_TYPE = 'ms.MessagingEventNotification.ContentEvent';
const ENDPOINTS = 20;
const PER_SECOND = 10;
const AIM_RATIO = 1.5;
/** The endpoint that hangs in every other round. */
const HANGING = 0;

interface Round {
  readonly hanging: boolean;
  readonly p50: number;
  readonly p99: number;
  readonly missing: number;
}

/** Twenty installs that all receive every message; one endpoint takes requests and never answers. */
export const isolationBench: Bench = {
  name: 'isolation',
  title: `One of ${ENDPOINTS} endpoints hangs`,
  profiled: 'delivery',
  run: async (options) => {
    const stack = await startBenchStack(options);
    const endpoints = await startEndpoints(stack, ENDPOINTS);
    const load = startWorker<LoadCalls>('load');
    try {
      for (const [index, url] of endpoints.urls.entries()) await stack.install(`bench-${index}`, EVENT_TYPE, url, 2);
      return await measure(options, stack, endpoints, load);
    } finally {
      await Promise.all([load.stop(), endpoints.worker.stop()]);
      await stack.stop();
    }
  },
};

async function measure(
  { quick, report }: BenchOptions,
  stack: BenchStack,
  endpoints: Endpoints,
  load: ReturnType<typeof startWorker<LoadCalls>>,
): Promise<BenchResult> {
  const seconds = quick ? 8 : 20;
  const pairs = quick ? 1 : 3;

  async function round(name: string, hanging: boolean): Promise<Round> {
    report(`isolation: ${name}`);
    await endpoints.worker.call('hang', hanging ? [HANGING] : []);
    const outcome = await sendSteadily(stack, load, endpoints, {
      name,
      seconds,
      perSecond: PER_SECOND,
      deliveries: ENDPOINTS - 1,
      except: HANGING,
    });
    const sent = new Map(outcome.conversations.map((conversation, index) => [conversation, outcome.sentAt[index] as number]));
    const latencies = outcome.arrivals.map(({ subject, at }) => at - (sent.get(subject) ?? Number.NaN));
    return {
      hanging,
      p50: percentile(latencies, 0.5),
      p99: percentile(latencies, 0.99),
      missing: outcome.conversations.length * (ENDPOINTS - 1) - outcome.arrivals.length,
    };
  }

  await round('warm-up', false);
  const rounds: Round[] = [];
  for (let index = 0; index < pairs; index += 1) {
    rounds.push(await round(`answering-${index}`, false), await round(`hanging-${index}`, true));
  }
  await endpoints.worker.call('hang', []);
  const p99Of = (hanging: boolean) => median(rounds.filter((each) => each.hanging === hanging).map(({ p99 }) => p99));
  const ratio = p99Of(true) / p99Of(false);
  return {
    tables: [
      {
        columns: ['round', 'the other 19, p50', 'p99', 'not delivered'],
        rows: rounds.map(({ hanging, p50, p99, missing }) => [
          hanging ? 'one hangs' : 'all answer',
          milliseconds(p50),
          milliseconds(p99),
          String(missing),
        ]),
      },
    ],
    notes: [
      `The others' p99 while one hangs is ${ratio.toFixed(2)} times theirs while all answer (medians of ${pairs}); aim: at most ${AIM_RATIO}.`,
      `${PER_SECOND} messages a second, each delivered to ${ENDPOINTS} installs whose endpoints are origins of their own: ${PER_SECOND * ENDPOINTS} deliveries a second. From the request of the sender to the request at the receiver, first arrivals.`,
    ],
    ...(ratio > AIM_RATIO ? { missed: 'delivery' as const } : {}),
  };
}
