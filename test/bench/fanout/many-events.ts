import { topics } from '@switchboard/contracts';
import type { BenchOptions } from '../support/bench.ts';
import { round } from '../support/cost-figures.ts';
import { eventRecord } from '../support/events.ts';
import { costsBetween, readMeter } from '../support/meter.ts';
import { appendAll } from '../support/preload.ts';
import { mebibytes, milliseconds, whole } from '../support/table.ts';
import { watchService } from '../support/watch-service.ts';
import { type FanOutPart, type FanOutRig, fannedOut, newTenant } from './rig.ts';

const INSTALLS = 1_000;
const PARTITION = 3;
const AIM_RESIDENT_MIB = 250;
const FEW_ATTEMPTS = { MAX_OPEN_PER_PARTITION: '10', LANE_CONCURRENCY: '100', BREAKER_THRESHOLD: '1000' };

/** A thousand installs that match every event of one partition: the input is small, the output is not. */
export async function measureManyEvents({ quick, report }: BenchOptions, rig: FanOutRig): Promise<FanOutPart> {
  const { stack, receiver, endpoints } = rig;
  const { delivery } = stack.services;
  const events = quick ? 100 : 500;
  report(`fanout: ${INSTALLS} installs × ${events} events in one partition`);
  const tenant = newTenant();
  await rig.installs.replace(stack, [{ count: INSTALLS, tenantOf: () => tenant, endpoint: endpoints[0] as string }]);
  await receiver.call('hang', [0, 1]);
  await delivery.start(FEW_ATTEMPTS);
  const pendingBefore = await countRecords(rig);
  const [before, watch] = [await readMeter(stack), await watchService(delivery)];
  await appendAll(
    stack,
    Array.from({ length: events }, (_, index) => eventRecord(stack, { tenant, conversation: `bench:many:${index}`, partition: PARTITION })),
  );
  await fannedOut(stack);
  const costs = costsBetween(before, await readMeter(stack));
  const { mostResidentBytes, longestLoopDelaySeconds } = await watch.stop();
  const deliveries = INSTALLS * events;
  const transactions = costs.transactions.get('delivery');
  const offsets = (await countRecords(rig)) - pendingBefore;
  await rig.stopDelivery();
  const row = {
    part: 'one partition',
    installs: INSTALLS,
    events,
    seconds: round(costs.seconds, 1),
    perSecond: Math.round(deliveries / costs.seconds),
    deliveriesPerCpuS: Math.round(deliveries / (costs.cpuSeconds.get('delivery') ?? Number.NaN)),
    deliveryTransactionsPerS: round(transactions?.perSecond ?? Number.NaN, 1),
    deliveryRecordsEach: round(transactions?.recordsEach ?? Number.NaN, 1),
    // Markers of transactions take an offset each too, and records of transactions that were aborted do.
    offsetsPerDelivery: round(offsets / deliveries, 3),
    residentMiB: Math.round(mostResidentBytes / 2 ** 20),
    longestLoopDelayMs: Math.round(longestLoopDelaySeconds * 1_000),
  };
  return {
    table: {
      columns: [
        'installs × events',
        'time',
        'deliveries /s',
        '/ CPU s',
        'tx/s × records',
        'offsets each',
        'resident memory, most',
        'event loop, longest',
      ],
      rows: [
        [
          `${whole(INSTALLS)} × ${events}, one partition`,
          `${row.seconds} s`,
          whole(row.perSecond),
          whole(row.deliveriesPerCpuS),
          `${row.deliveryTransactionsPerS} × ${row.deliveryRecordsEach}`,
          String(row.offsetsPerDelivery),
          mebibytes(mostResidentBytes),
          milliseconds(row.longestLoopDelayMs),
        ],
      ],
    },
    rows: [row],
    notes: [
      `All ${whole(deliveries)} deliveries of ${events} events in one partition, until their offset is committed. Aim: at most ${AIM_RESIDENT_MIB} MiB. Offsets each: of the topic of pending deliveries for each delivery, 1 where no transaction was aborted, and the markers beside.`,
    ],
    missed: row.residentMiB > AIM_RESIDENT_MIB,
  };
}

async function countRecords({ stack }: FanOutRig): Promise<number> {
  const ends = await stack.admin.endOffsets(topics.pending.name);
  return ends.reduce((sum, { offset }) => sum + Number(offset), 0);
}
