import type { BenchOptions, Row } from '../support/bench.ts';
import { eventRecord } from '../support/events.ts';
import { scrape } from '../support/metrics.ts';
import { appendAll } from '../support/preload.ts';
import { watchProgress } from '../support/progress.ts';
import { mebibytes, whole } from '../support/table.ts';
import { type FanOutPart, type FanOutRig, fannedOut, newTenant } from './rig.ts';

const INSTALLS = [10, 100, 1_000, 10_000];
const TIMEOUT_MS = 300_000;
const AIM_START_MS = 5_000;
/** How much less an event may get for its CPU with 10,000 installs that do not match than with 10. */
const AIM_FLAT = 0.8;
/** So little is read of the pending deliveries that the process does little but fan out. */
const FEW_ATTEMPTS = { MAX_OPEN_PER_PARTITION: '10', LANE_CONCURRENCY: '100', BREAKER_THRESHOLD: '1000' };

/** Events worked off by a fan-out with more and more installs, of which none match, or all. */
export async function measureEventsPerInstalls(options: BenchOptions, rig: FanOutRig): Promise<FanOutPart> {
  const rows: Row[] = [];
  for (const matching of [false, true]) {
    for (const installs of INSTALLS) rows.push(await measureOne(options, rig, installs, matching));
  }
  const perCpu = (installs: number): number =>
    Number(rows.find((row) => row.matching === false && row.installs === installs)?.perCpuSecond);
  const start = Number(rows.find((row) => row.matching === false && row.installs === 10_000)?.startMs);
  const flatness = perCpu(10_000) / perCpu(10);
  return {
    table: {
      columns: ['installs', 'events', 'start', 'events or deliveries /s', '/ CPU s', 'resident memory, most'],
      rows: rows.map((row) => [
        `${whole(Number(row.installs))} that ${row.matching === true ? 'match' : 'do not match'}`,
        whole(Number(row.events)),
        `${whole(Number(row.startMs))} ms`,
        whole(Number(row.perSecond)),
        whole(Number(row.perCpuSecond)),
        mebibytes(Number(row.residentMiB) * 2 ** 20),
      ]),
    },
    rows,
    notes: [
      `Aims: an event costs the same beside 10 and 10,000 installs that do not match (here ${flatness.toFixed(2)} × as many for each CPU second); with 10,000 installs the delivery is ready within ${whole(AIM_START_MS)} ms.`,
      'Events a second where no install matches, deliveries a second where all do. All events are there when the delivery starts; the endpoint takes requests and does not respond, and few deliveries are read.',
    ],
    missed: flatness < AIM_FLAT || start > AIM_START_MS,
  };
}

async function measureOne({ quick, report }: BenchOptions, rig: FanOutRig, installs: number, matching: boolean): Promise<Row> {
  const { stack, receiver, endpoints } = rig;
  const { delivery } = stack.services;
  const outputs = quick ? 20_000 : 100_000;
  const events = matching ? Math.max(1, Math.round(outputs / installs)) : outputs;
  report(`fanout: ${installs} installs that ${matching ? 'match' : 'do not match'}, ${events} events`);
  const tenant = newTenant();
  await rig.installs.replace(stack, [
    { count: installs, tenantOf: () => (matching ? tenant : newTenant()), endpoint: endpoints[0] as string },
  ]);
  const name = `bench:${matching}:${installs}`;
  await appendAll(
    stack,
    Array.from({ length: events }, (_, index) => eventRecord(stack, { tenant, conversation: `${name}:${index}` })),
  );
  await receiver.call('hang', [0, 1]);
  const startedAt = performance.now();
  await delivery.start(FEW_ATTEMPTS);
  const startMs = Math.round(performance.now() - startedAt);
  const counter = matching ? 'delivery_deliveries_total' : 'delivery_events_total';
  const done = async (): Promise<number> => (await scrape(delivery)).sum(counter) || 0;
  const total = matching ? events * installs : events;
  const progress = await watchProgress({ service: delivery, broker: stack.backbone.kafka, total, done, timeoutMs: TIMEOUT_MS });
  await fannedOut(stack);
  await rig.stopDelivery();
  return {
    part: 'per event',
    installs,
    matching,
    events,
    startMs,
    perSecond: Math.round(progress.perSecond),
    perCpuSecond: Math.round(progress.perCpuSecond),
    residentMiB: Math.round(progress.residentBytes / 2 ** 20),
  };
}
