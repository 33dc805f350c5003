import type { BenchOptions, Row } from '../support/bench.ts';
import { loadFigures, measureLoad } from '../support/measured-load.ts';
import { sendSteadily } from '../support/steady-load.ts';
import { milliseconds, type Table } from '../support/table.ts';
import { underLoad } from '../support/under-load.ts';

const RATES = [100, 200, 500, 1_000];
const AIM_PER_S = 60;
const AIM_REQUESTS: Readonly<Record<number, number>> = { 200: 3, 1000: 1 };

export interface ServicesPart {
  readonly table: Table;
  readonly rows: readonly Row[];
  readonly note: string;
  readonly missed: boolean;
}

/** How many transactions the services run at each rate, how large they are, and how many requests to the broker it takes. */
export function measureServices(options: BenchOptions): Promise<ServicesPart> {
  const { quick, report } = options;
  return underLoad(options, { endpoints: 10 }, async (_options, stack, endpoints, load) => {
    report('transactions: warming up');
    await sendSteadily(stack, load, endpoints, { name: 'warm-up', perSecond: 200, seconds: quick ? 8 : 60 });
    const rows: Row[] = [];
    for (const rate of RATES) {
      report(`transactions: of the services at ${rate} a second`);
      const settings = { name: `at-${rate}`, perSecond: rate, seconds: quick ? 8 : 20, patienceMs: quick ? 20_000 : 150_000 };
      rows.push({ part: 'services', rate, ...loadFigures(await measureLoad(stack, load, endpoints, settings)) });
    }
    return partOf(rows);
  });
}

function partOf(rows: readonly Row[]): ServicesPart {
  const perSecond = (row: Row): number => Math.max(Number(row.normalizerTransactionsPerS), Number(row.deliveryTransactionsPerS));
  const isMissed = (row: Row): boolean =>
    perSecond(row) > AIM_PER_S || Number(row.requestsPerNotification) > (AIM_REQUESTS[Number(row.rate)] ?? Number.POSITIVE_INFINITY);
  return {
    table: {
      columns: [
        'rate /s',
        'normalizer tx/s',
        'records in each',
        'fan-out tx/s',
        'records in each ',
        'requests for each notification',
        'p50',
        'p99',
      ],
      rows: rows.map((row) => [
        String(row.rate),
        String(row.normalizerTransactionsPerS),
        String(row.normalizerRecordsEach),
        String(row.deliveryTransactionsPerS),
        String(row.deliveryRecordsEach),
        String(row.requestsPerNotification),
        milliseconds(Number(row.p50Ms)),
        milliseconds(Number(row.p99Ms)),
      ]),
    },
    rows,
    note: `Aims of the services: at most ${AIM_PER_S} transactions a second in each process at any rate; at most 3 requests to the broker for each notification at 200/s, 1 at 1,000/s. One process of each service, all requests of all three.`,
    missed: rows.some(isMissed),
  };
}
