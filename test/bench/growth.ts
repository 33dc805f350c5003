import { topics } from '@switchboard/contracts';
import { type DataPlaneName, dataPlaneNames } from '@switchboard/local-stack';
import type { Bench, BenchOptions, BenchResult, Row } from './support/bench.ts';
import type { BenchStack } from './support/bench-stack.ts';
import { pause } from './support/clock.ts';
import { costCells, costColumns } from './support/cost-figures.ts';
import { eventRecord } from './support/events.ts';
import { loadFigures, measureLoad } from './support/measured-load.ts';
import { appendAll } from './support/preload.ts';
import { readUsage, watchMemory } from './support/service-usage.ts';
import { sendSteadily } from './support/steady-load.ts';
import { milliseconds, whole } from './support/table.ts';
import { type LoadMeasurement, underLoad } from './support/under-load.ts';

const LEVELS = [10_000, 100_000, 1_000_000];
const QUICK_LEVELS = [10_000, 100_000];
const PER_SECOND = 200;
const APPENDED_AT_ONCE = 20_000;
const FAN_OUT_TIMEOUT_MS = 600_000;
const AIM_AT_REST_MIB = 110;
const AIM_UNDER_LOAD_MIB = 250;
/** How much more memory or time the largest level may take than the smallest. */
const AIM_FLAT = 1.25;
/** No install receives its events. */
const TENANT = '00000000-0000-4000-8000-000000000000';

/** Start, memory and latency with more and more events that are kept. */
export const growthBench: Bench = {
  name: 'growth',
  title: 'Growth of the events that are kept',
  profiled: 'delivery',
  run: (options) => underLoad(options, { endpoints: 10 }, measure),
};

async function measure(...[options, stack, endpoints, load]: Parameters<LoadMeasurement>): Promise<BenchResult> {
  const { quick, report } = options;
  // A normalizer that finds events, and has no committed offset in a partition, refuses to start.
  await sendSteadily(stack, load, endpoints, { name: 'offsets', perSecond: PER_SECOND, seconds: 3 });
  const rows: Row[] = [];
  let retained = 0;
  for (const level of quick ? QUICK_LEVELS : LEVELS) {
    report(`growth: ${whole(level)} events`);
    await retain(stack, retained, level);
    retained = level;
    const startMs = await restart(stack);
    await pause(quick ? 3_000 : 15_000);
    const atRest = await residentMiB(stack);
    await sendSteadily(stack, load, endpoints, { name: `warm-up-${level}`, perSecond: PER_SECOND, seconds: quick ? 5 : 30 });
    const memory = watchMemory(Object.values(stack.services));
    const measured = await measureLoad(stack, load, endpoints, {
      name: `level-${level}`,
      perSecond: PER_SECOND,
      seconds: quick ? 8 : 30,
    });
    const most = await memory.stop();
    rows.push({
      retainedEvents: level,
      ...Object.fromEntries(
        dataPlaneNames.flatMap((name) => [
          [`${name}StartMs`, startMs.get(name) ?? null],
          [`${name}AtRestMiB`, atRest.get(name) ?? null],
          [`${name}UnderLoadMiB`, Math.round((most.get(name) ?? Number.NaN) / 2 ** 20)],
        ]),
      ),
      ...loadFigures(measured),
    });
  }
  return resultOf(rows, options);
}

/** Appends events up to the level, and waits until the fan-out has passed them. */
async function retain(stack: BenchStack, from: number, level: number): Promise<void> {
  for (let at = from; at < level; at += APPENDED_AT_ONCE) {
    const count = Math.min(APPENDED_AT_ONCE, level - at);
    const events = Array.from({ length: count }, (_, index) => ({ tenant: TENANT, conversation: `bench:kept:${at + index}` }));
    await appendAll(
      stack,
      events.map((plan) => eventRecord(stack, plan)),
    );
  }
  const { name } = topics.messaging;
  for (const deadline = performance.now() + FAN_OUT_TIMEOUT_MS; ; await pause(250)) {
    const [ends, committed] = await Promise.all([stack.admin.endOffsets(name), stack.admin.committed('switchboard.fan-out', name)]);
    const at = new Map(committed.map(({ partition, offset }) => [partition, offset]));
    if (ends.every(({ partition, offset }) => (at.get(partition) ?? 0n) >= offset)) return;
    if (performance.now() > deadline) throw new Error(`the fan-out did not pass ${level} events in ${FAN_OUT_TIMEOUT_MS} ms`);
  }
}

/** Restarts the services one after another; gives how long each took until it was ready, milliseconds. */
async function restart({ services }: BenchStack): Promise<ReadonlyMap<DataPlaneName, number>> {
  const took = new Map<DataPlaneName, number>();
  for (const name of dataPlaneNames) {
    await services[name].stop();
    const startedAt = performance.now();
    await services[name].start();
    took.set(name, Math.round(performance.now() - startedAt));
  }
  return took;
}

async function residentMiB({ services }: BenchStack): Promise<ReadonlyMap<DataPlaneName, number>> {
  const entries = dataPlaneNames.map(
    async (name) => [name, Math.round((await readUsage(services[name])).residentBytes / 2 ** 20)] as const,
  );
  return new Map(await Promise.all(entries));
}

function resultOf(rows: readonly Row[], { quick }: BenchOptions): BenchResult {
  const figures = (suffix: string): number[] => rows.flatMap((row) => dataPlaneNames.map((name) => Number(row[`${name}${suffix}`])));
  const [least, most] = [rows.at(0), rows.at(-1)];
  const grows = (name: string): boolean => Number(most?.[name]) > AIM_FLAT * Number(least?.[name]);
  const growing = dataPlaneNames.flatMap((name) => [`${name}AtRestMiB`, `${name}UnderLoadMiB`].filter(grows));
  const missed =
    growing.length > 0 ||
    Math.max(...figures('AtRestMiB')) > AIM_AT_REST_MIB ||
    Math.max(...figures('UnderLoadMiB')) > AIM_UNDER_LOAD_MIB ||
    rows.some(({ missing }) => Number(missing) > 0);
  const three = (row: Row, suffix: string): string => dataPlaneNames.map((name) => row[`${name}${suffix}`]).join(', ');
  return {
    tables: [
      {
        columns: [
          'events kept',
          'start, ms',
          'MiB at rest',
          `MiB at ${PER_SECOND} /s, most`,
          'p50',
          'p99',
          'not delivered',
          ...costColumns,
        ],
        rows: rows.map((row) => [
          whole(Number(row.retainedEvents)),
          three(row, 'StartMs'),
          three(row, 'AtRestMiB'),
          three(row, 'UnderLoadMiB'),
          milliseconds(Number(row.p50Ms)),
          milliseconds(Number(row.p99Ms)),
          String(row.missing),
          ...costCells(row),
        ]),
      },
    ],
    rows,
    notes: [
      `Three figures are of ${dataPlaneNames.join(', ')}. Aims: each service at most ${AIM_AT_REST_MIB} MiB at rest and ${AIM_UNDER_LOAD_MIB} MiB under load, and not more with the most events than with the fewest.${growing.length === 0 ? '' : ` Growing: ${growing.join(', ')}.`}`,
      `At rest: ${quick ? '3' : '15'} s after a start. Then ${PER_SECOND} notifications a second, first as a warm-up. No install receives the events that are kept.`,
    ],
    ...(missed ? { missed: 'delivery' as const } : {}),
  };
}
