import type { Bench, BenchOptions, BenchResult, Row } from './support/bench.ts';
import { costCells, costColumns, round } from './support/cost-figures.ts';
import { loadFigures, measureLoad } from './support/measured-load.ts';
import { medianRow } from './support/median-row.ts';
import { sendSteadily } from './support/steady-load.ts';
import { milliseconds, whole } from './support/table.ts';
import { underLoad } from './support/under-load.ts';

const ENDPOINTS = [1, 20];
const CONNECTIONS = 64;
const WARM_UP_PER_SECOND = 200;
const PATIENCE_MS = 300_000;
const QUICK_PATIENCE_MS = 90_000;
const AIM_PER_S = 2_000;
const AIM_PER_CPU_S = 2_500;
const AIM_PER_CPU_S_WITH_STORES = 1_800;

/** Notifications as fast as the ingress takes them, for one endpoint and for twenty, all healthy. */
export const burstBench: Bench = {
  name: 'burst',
  title: 'A burst at one endpoint and at twenty',
  profiled: 'delivery',
  async run(options) {
    const rows: Row[] = [];
    for (let index = 0; index < (options.rounds ?? 1); index += 1) {
      for (const endpoints of ENDPOINTS) rows.push(await measureBurst(options, endpoints));
    }
    return resultOf(
      ENDPOINTS.map((endpoints) => medianRow(rows.filter((row) => row.endpoints === endpoints))),
      options,
    );
  },
};

function measureBurst(options: BenchOptions, count: number): Promise<Row> {
  const { quick, report } = options;
  return underLoad(options, { endpoints: count }, async (_options, stack, endpoints, load) => {
    report(`burst: ${count} endpoints, warming up`);
    await sendSteadily(stack, load, endpoints, { name: 'warm-up', perSecond: WARM_UP_PER_SECOND, seconds: quick ? 8 : 30 });
    report(`burst: ${count} endpoints`);
    const notifications = quick ? 4_000 : 20_000;
    const burst = { name: 'burst', count: notifications, connections: CONNECTIONS, patienceMs: quick ? QUICK_PATIENCE_MS : PATIENCE_MS };
    const measured = await measureLoad(stack, load, endpoints, burst);
    const { arrivals, sentAt } = measured.outcome;
    const lastAt = arrivals.reduce((last, { at }) => Math.max(last, at), 0);
    const seconds = (lastAt - (sentAt[0] ?? lastAt)) / 1_000;
    return { endpoints: count, notifications, perSecond: round(arrivals.length / seconds, 0), ...loadFigures(measured) };
  });
}

function resultOf(rows: readonly Row[], { rounds = 1 }: BenchOptions): BenchResult {
  const [one, twenty] = rows;
  const missed =
    rows.some(({ missing }) => Number(missing) > 0) ||
    Number(one?.perSecond) < AIM_PER_S ||
    Number(twenty?.deliveriesPerCpuS) < AIM_PER_CPU_S ||
    Number(twenty?.deliveriesPerCpuSWithStores) < AIM_PER_CPU_S_WITH_STORES;
  return {
    tables: [
      {
        columns: ['endpoints', 'notifications', 'deliveries /s', 'p50', 'p99', 'refused', 'not delivered', ...costColumns],
        rows: rows.map((row) => [
          String(row.endpoints),
          whole(Number(row.notifications)),
          whole(Number(row.perSecond)),
          milliseconds(Number(row.p50Ms)),
          milliseconds(Number(row.p99Ms)),
          String(row.refused),
          String(row.missing),
          ...costCells(row),
        ]),
      },
    ],
    rows,
    notes: [
      `Aims: at least ${whole(AIM_PER_S)} deliveries a second at one endpoint; over 20 endpoints at least ${whole(AIM_PER_CPU_S)} for each CPU second of the services, ${whole(AIM_PER_CPU_S_WITH_STORES)} with broker and registry.`,
      `${CONNECTIONS} connections, one request at a time on each. Deliveries a second are from the first request to the last first attempt. Before it, ${WARM_UP_PER_SECOND} notifications a second as a warm-up.${rounds > 1 ? ` Medians of ${rounds} rounds in turn.` : ''}`,
    ],
    ...(missed ? { missed: 'delivery' as const } : {}),
  };
}
