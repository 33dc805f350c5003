import type { Bench, BenchResult, Row } from './support/bench.ts';
import { costCells, costColumns, round as rounded } from './support/cost-figures.ts';
import { loadFigures, measureLoad } from './support/measured-load.ts';
import { medianRow } from './support/median-row.ts';
import { median } from './support/statistics.ts';
import { milliseconds } from './support/table.ts';
import { type LoadMeasurement, underLoad } from './support/under-load.ts';

const ENDPOINTS = 20;
const PER_SECOND = 200;
const AIM_RATIO = 1.5;
/** The endpoint that hangs in every other round. */
const HANGING = 0;

/** Twenty installs, each of another tenant; one endpoint takes requests and never answers. */
export const isolationBench: Bench = {
  name: 'isolation',
  title: `One of ${ENDPOINTS} endpoints hangs`,
  profiled: 'delivery',
  run: (options) => underLoad(options, { endpoints: ENDPOINTS, maxRetries: 2 }, measure),
};

async function measure(...[options, stack, endpoints, load]: Parameters<LoadMeasurement>): Promise<BenchResult> {
  const { quick, report } = options;
  const seconds = quick ? 8 : 20;
  const pairs = options.rounds ?? (quick ? 1 : 3);

  async function round(name: string, hanging: boolean): Promise<Row> {
    report(`isolation: ${name}`);
    await endpoints.worker.call('hang', hanging ? [HANGING] : []);
    const measured = await measureLoad(stack, load, endpoints, { name, seconds, perSecond: PER_SECOND, except: [HANGING] });
    return { hanging, ...loadFigures(measured) };
  }

  await round('warm-up', false);
  const rounds: Row[] = [];
  for (let index = 0; index < pairs; index += 1) {
    rounds.push(await round(`answering-${index}`, false), await round(`hanging-${index}`, true));
  }
  await endpoints.worker.call('hang', []);
  const p99Of = (hanging: boolean) => median(rounds.filter((each) => each.hanging === hanging).map(({ p99Ms }) => Number(p99Ms)));
  const ratio = p99Of(true) / p99Of(false);
  const missing = rounds.reduce((sum, each) => sum + Number(each.missing), 0);
  const medians = [false, true].map((hanging) => medianRow(rounds.filter((each) => each.hanging === hanging)));
  return {
    tables: [
      {
        columns: ['round', 'the other 19, p50', 'p99', 'not delivered', ...costColumns],
        rows: rounds.map((row) => [
          row.hanging === true ? 'one hangs' : 'all answer',
          milliseconds(Number(row.p50Ms)),
          milliseconds(Number(row.p99Ms)),
          String(row.missing),
          ...costCells(row),
        ]),
      },
    ],
    rows: medians.map((row) => ({ ...row, ratio: row.hanging === true ? rounded(ratio, 2) : null })),
    notes: [
      `The others' p99 while one hangs is ${ratio.toFixed(2)} times theirs while all answer (medians of ${pairs}); aim: at most ${AIM_RATIO}.`,
      `${PER_SECOND} messages a second, of ${ENDPOINTS} tenants in turn, each of which has an install with an endpoint with a dedicated origin. From the request of the sender to the request at the receiver, first arrivals.`,
    ],
    ...(ratio > AIM_RATIO || missing > 0 ? { missed: 'delivery' as const } : {}),
  };
}
