import type { Bench, BenchResult } from './support/bench.ts';
import { median, percentile } from './support/statistics.ts';
import { sendSteadily } from './support/steady-load.ts';
import { milliseconds } from './support/table.ts';
import { type LoadMeasurement, underLoad } from './support/under-load.ts';

const ENDPOINTS = 20;
const PER_SECOND = 200;
const AIM_RATIO = 1.5;
/** The endpoint that hangs in every other round. */
const HANGING = 0;

interface Round {
  readonly hanging: boolean;
  readonly p50: number;
  readonly p99: number;
  readonly missing: number;
}

/** Twenty installs, each of another tenant; one endpoint takes requests and never answers. */
export const isolationBench: Bench = {
  name: 'isolation',
  title: `One of ${ENDPOINTS} endpoints hangs`,
  profiled: 'delivery',
  run: (options) => underLoad(options, { endpoints: ENDPOINTS, maxRetries: 2 }, measure),
};

async function measure(...[{ quick, report }, stack, endpoints, load]: Parameters<LoadMeasurement>): Promise<BenchResult> {
  const seconds = quick ? 8 : 20;
  const pairs = quick ? 1 : 3;

  async function round(name: string, hanging: boolean): Promise<Round> {
    report(`isolation: ${name}`);
    await endpoints.worker.call('hang', hanging ? [HANGING] : []);
    const outcome = await sendSteadily(stack, load, endpoints, {
      name,
      seconds,
      perSecond: PER_SECOND,
      except: [HANGING],
    });
    const sent = new Map(outcome.conversations.map((conversation, index) => [conversation, outcome.sentAt[index] as number]));
    const latencies = outcome.arrivals.map(({ subject, at }) => at - (sent.get(subject) ?? Number.NaN));
    return {
      hanging,
      p50: percentile(latencies, 0.5),
      p99: percentile(latencies, 0.99),
      missing: outcome.conversations.length - outcome.arrivals.length,
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
  const missing = rounds.reduce((sum, each) => sum + each.missing, 0);
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
      `${PER_SECOND} messages a second, of ${ENDPOINTS} tenants in turn, each of which has an install with an endpoint that is an origin of its own. From the request of the sender to the request at the receiver, first arrivals.`,
    ],
    ...(ratio > AIM_RATIO || missing > 0 ? { missed: 'delivery' as const } : {}),
  };
}
