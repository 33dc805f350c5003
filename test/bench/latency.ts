import { startCluster } from '@switchboard/local-stack';
import type { Bench, BenchOptions, BenchResult, Row } from './support/bench.ts';
import { costCells, costColumns } from './support/cost-figures.ts';
import { latencySteps, stepColumns } from './support/latency-steps.ts';
import { loadFigures, type MeasuredLoad, measureLoad } from './support/measured-load.ts';
import { medianRow } from './support/median-row.ts';
import { sendSteadily } from './support/steady-load.ts';
import { milliseconds, type Table } from './support/table.ts';
import { watchTimeline } from './support/timeline.ts';
import { type LoadOptions, underLoad } from './support/under-load.ts';

const RATES = [5, 100, 200, 500, 1_000];
/** As a mode: 200 a second over three brokers, each record on all of them before it counts as written. */
const THREE_BROKERS = 'three-brokers';
const ENDPOINTS = 10;
/** The rate whose steps are shown. */
const STEPS_RATE = 500;
/** A backlog is to be worked off before the next measurement begins: the third retry topic gives its deliveries back after two minutes. */
const PATIENCE_MS = 150_000;
const QUICK_PATIENCE_MS = 40_000;

interface Aim {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

interface Case {
  readonly rate: number;
  readonly brokers: number;
}

/** After a minute at the rate, by `labelOf`. */
const aims: Readonly<Record<string, Aim>> = {
  5: { p50Ms: 25, p99Ms: Number.POSITIVE_INFINITY },
  200: { p50Ms: 25, p99Ms: 60 },
  500: { p50Ms: 40, p99Ms: 120 },
  '200, three brokers': { p50Ms: 90, p99Ms: 250 },
};
/** How much more the first minute after a start may take. */
const FIRST_MINUTE_FACTOR = 2;

interface RateResult {
  readonly row: Row;
  readonly steps: Table | undefined;
}

/** From the request of the sender to the first attempt at the receiver: in the first minute after a start, and after it. */
export const latencyBench: Bench = {
  name: 'latency',
  title: 'From accept to the first attempt',
  profiled: 'delivery',
  async run(options) {
    const cases = casesOf(options);
    const results: RateResult[] = [];
    // In turn, so that a busy minute of the machine does not decide one rate.
    for (let index = 0; index < (options.rounds ?? 1); index += 1) {
      for (const each of cases) results.push(await measureOver(options, each, index === 0));
    }
    const rows = cases.map(({ rate, brokers }) =>
      medianRow(results.map(({ row }) => row).filter((row) => row.rate === rate && (row.brokers ?? 1) === brokers)),
    );
    return resultOf(
      rows,
      results.flatMap(({ steps }) => steps ?? []),
      options,
    );
  },
};

function casesOf({ modes, profileDir }: BenchOptions): readonly Case[] {
  if (modes === undefined && profileDir !== undefined) return [{ rate: STEPS_RATE, brokers: 1 }];
  return (modes ?? [...RATES.map(String), THREE_BROKERS]).map((mode) => {
    if (mode === THREE_BROKERS) return { rate: 200, brokers: 3 };
    const rate = Number(mode);
    if (Number.isSafeInteger(rate) && rate > 0) return { rate, brokers: 1 };
    throw new RangeError(`--modes of latency must be rates per second, such as 200,500, or ${THREE_BROKERS} (got ${mode})`);
  });
}

function labelOf(row: Row): string {
  return row.brokers === 3 ? `${row.rate}, three brokers` : String(row.rate);
}

async function measureOver(options: BenchOptions, { rate, brokers }: Case, withSteps: boolean): Promise<RateResult> {
  if (brokers === 1) return measureRate(options, rate, withSteps, {});
  const cluster = await startCluster({ longRunning: true, report: options.report });
  try {
    const { row } = await measureRate(options, rate, false, { kafkaBrokers: cluster.brokers });
    return { row: { ...row, brokers }, steps: undefined };
  } finally {
    await cluster.close();
  }
}

/** One rate, with brokers and services that have just started. */
async function measureRate(
  options: BenchOptions,
  rate: number,
  withSteps: boolean,
  given: Pick<LoadOptions, 'kafkaBrokers'>,
): Promise<RateResult> {
  const { quick, report } = options;
  const firstSeconds = quick ? 8 : 60;
  const seconds = options.seconds ?? (quick ? 8 : 30);
  const patienceMs = quick ? QUICK_PATIENCE_MS : PATIENCE_MS;
  return underLoad(options, { endpoints: ENDPOINTS, ...given }, async (_options, stack, endpoints, load) => {
    const measure = (name: string, length: number): Promise<MeasuredLoad> => {
      report(`latency: ${rate} a second, ${name}`);
      return measureLoad(stack, load, endpoints, { name, perSecond: rate, seconds: length, patienceMs });
    };
    const first = loadFigures(await measure('first minute', firstSeconds));
    const warm = loadFigures(await measure('warm', seconds));
    const row: Row = { rate, ...warm, firstMinuteP50Ms: first.p50Ms ?? null, firstMinuteP99Ms: first.p99Ms ?? null };
    if (rate !== STEPS_RATE || !withSteps) return { row, steps: undefined };
    report(`latency: ${rate} a second, step by step`);
    const timeline = await watchTimeline(stack);
    const outcome = await sendSteadily(stack, load, endpoints, { name: 'steps', perSecond: rate, seconds: quick ? 5 : 20 });
    await timeline.stop();
    return { row, steps: { columns: stepColumns, rows: latencySteps(outcome, timeline) } };
  });
}

function resultOf(rows: readonly Row[], steps: readonly Table[], { quick, rounds = 1 }: BenchOptions): BenchResult {
  const figure = (row: Row, name: string): number => Number(row[name] ?? Number.NaN);
  const missed = rows.filter((row) => {
    const aim = aims[labelOf(row)];
    const missing = figure(row, 'missing') + figure(row, 'refused') > 0;
    if (aim === undefined) return missing;
    const within = (p50: number, p99: number, factor: number) => p50 <= factor * aim.p50Ms && p99 <= factor * aim.p99Ms;
    return (
      missing ||
      !within(figure(row, 'p50Ms'), figure(row, 'p99Ms'), 1) ||
      !within(figure(row, 'firstMinuteP50Ms'), figure(row, 'firstMinuteP99Ms'), FIRST_MINUTE_FACTOR)
    );
  });
  const ms = (row: Row, name: string): string => milliseconds(figure(row, name));
  const byRate: Table = {
    columns: ['rate /s', 'p50', 'p99', 'first minute p50', 'p99 ', 'refused', 'not delivered', ...costColumns],
    rows: rows.map((row) => [
      labelOf(row),
      ms(row, 'p50Ms'),
      ms(row, 'p99Ms'),
      ms(row, 'firstMinuteP50Ms'),
      ms(row, 'firstMinuteP99Ms'),
      String(row.refused),
      String(row.missing),
      ...costCells(row),
    ]),
  };
  return {
    tables: [byRate, ...steps],
    rows,
    notes: [
      `Aims after a minute at the rate: p50 ≤ 25 ms at 5/s; p50 ≤ 25 ms, p99 ≤ 60 ms at 200/s; p50 ≤ 40 ms, p99 ≤ 120 ms at 500/s; p50 ≤ 90 ms, p99 ≤ 250 ms at 200/s over three brokers; at most ${FIRST_MINUTE_FACTOR} × that in the first minute after a start.${missed.length === 0 ? '' : ` Missed at ${missed.map(labelOf).join('; ')} a second.`}`,
      `Each rate has a broker, a registry and services that have just started, “three brokers” a cluster with three replicas of which two must be in sync; the first ${quick ? '8 s' : 'minute'} at the rate is the warm-up of the figures on the left.${rounds > 1 ? ` Medians of ${rounds} rounds, the rates in turn.` : ''} Each message has its own conversation; ${ENDPOINTS} tenants in turn, each with an HTTPS endpoint that responds 200 at once.`,
      `Not delivered: without an attempt ${(quick ? QUICK_PATIENCE_MS : PATIENCE_MS) / 1_000} s after the last response. Requests each: requests of all services to the broker, for each notification. Costs are from the first request to the last first attempt.`,
      ...(steps.length === 0
        ? []
        : [
            `Steps at ${STEPS_RATE} a second, in a further load: a reader of events and deliveries runs beside the services. It adds its own fetch, so that a step may seem to begin before the one before has ended.`,
          ]),
    ],
    ...(missed.length > 0 ? { missed: 'delivery' as const } : {}),
  };
}
