import type { BenchOptions } from '../support/bench.ts';
import { pause, preciseNow } from '../support/clock.ts';
import { round } from '../support/cost-figures.ts';
import { eventRecord } from '../support/events.ts';
import { scrape } from '../support/metrics.ts';
import { percentile } from '../support/statistics.ts';
import { mebibytes, milliseconds, whole } from '../support/table.ts';
import { watchService } from '../support/watch-service.ts';
import { type FanOutPart, type FanOutRig, newTenant } from './rig.ts';

const INSTALLS = 10_000;
const LARGE_PARTITION = 3;
const OTHER_PARTITION = 7;
const PER_SECOND = 50;
const DRAIN_MS = 30_000;
const AIM_RATIO = 2;

/** One event with ten thousand deliveries, while events of another partition, each with one delivery, arrive at a steady rate. */
export async function measureOneLargeEvent({ quick, report }: BenchOptions, rig: FanOutRig): Promise<FanOutPart> {
  const { stack, receiver, endpoints } = rig;
  const { delivery } = stack.services;
  const seconds = quick ? 8 : 20;
  report(`fanout: one event × ${INSTALLS} installs, beside another partition`);
  const [large, other] = [newTenant(), newTenant()];
  await rig.installs.replace(stack, [
    { count: INSTALLS, tenantOf: () => large, endpoint: endpoints[0] as string },
    { count: 1, tenantOf: () => other, endpoint: endpoints[1] as string },
  ]);
  await receiver.call('hang', []);
  await delivery.start();
  const deliveriesMade = async (): Promise<number> => (await scrape(delivery)).sum('delivery_deliveries_total') || 0;

  /** Delays of the other partition's deliveries, milliseconds; -1 where one did not arrive. */
  async function delays(name: string): Promise<number[]> {
    const appender = await stack.log.appender();
    const appendedAt = new Map<string, number>();
    const begun = performance.now();
    for (let index = 0; index < PER_SECOND * seconds; index += 1) {
      await pause(Math.max(0, begun + (index * 1_000) / PER_SECOND - performance.now()));
      const conversation = `bench:${name}:${index}`;
      appendedAt.set(conversation, preciseNow());
      void appender.append(eventRecord(stack, { tenant: other, conversation, partition: OTHER_PARTITION }));
    }
    const found = new Map<string, number>();
    for (const deadline = performance.now() + DRAIN_MS; found.size < appendedAt.size && performance.now() < deadline; await pause(100)) {
      for (const { subject, at } of await receiver.call('take', null)) {
        const from = appendedAt.get(subject);
        if (from !== undefined && !found.has(subject)) found.set(subject, at - from);
      }
    }
    await appender.stop();
    return [...appendedAt.keys()].map((conversation) => found.get(conversation) ?? Number.POSITIVE_INFINITY);
  }

  async function sendLarge(): Promise<number> {
    // Not at once: some of the other partition's events come before.
    await pause(1_000);
    const before = await deliveriesMade();
    const begun = performance.now();
    const appender = await stack.log.appender();
    await appender.append(eventRecord(stack, { tenant: large, conversation: 'bench:large', partition: LARGE_PARTITION }));
    await appender.stop();
    while ((await deliveriesMade()) - before < INSTALLS) await pause(50);
    return performance.now() - begun;
  }

  await delays('warm-up');
  const quiet = await delays('quiet');
  const watch = await watchService(delivery);
  const [beside, largeMs] = await Promise.all([delays('beside'), sendLarge()]);
  const { mostResidentBytes, longestLoopDelaySeconds } = await watch.stop();
  await rig.stopDelivery();
  return partOf({ quiet, beside, largeMs, mostResidentBytes, longestLoopDelaySeconds });
}

interface Measured {
  readonly quiet: readonly number[];
  readonly beside: readonly number[];
  readonly largeMs: number;
  readonly mostResidentBytes: number;
  readonly longestLoopDelaySeconds: number;
}

function partOf({ quiet, beside, largeMs, mostResidentBytes, longestLoopDelaySeconds }: Measured): FanOutPart {
  const figure = (values: readonly number[], share: number): number => round(percentile(values, share), 1);
  const row = {
    part: 'one event',
    installs: INSTALLS,
    events: 1,
    fanOutMs: Math.round(largeMs),
    quietP50Ms: figure(quiet, 0.5),
    quietP99Ms: figure(quiet, 0.99),
    besideP50Ms: figure(beside, 0.5),
    besideP99Ms: figure(beside, 0.99),
    besideLongestMs: figure(beside, 1),
    missing: [...quiet, ...beside].filter((delay) => !Number.isFinite(delay)).length,
    residentMiB: Math.round(mostResidentBytes / 2 ** 20),
    longestLoopDelayMs: Math.round(longestLoopDelaySeconds * 1_000),
  };
  return {
    table: {
      columns: [
        'one event',
        'made within',
        'others before, p50',
        'p99',
        'others beside it, p50',
        'p99 ',
        'longest',
        'not delivered',
        'resident memory, most',
        'event loop, longest',
      ],
      rows: [
        [
          `${whole(INSTALLS)} installs`,
          milliseconds(row.fanOutMs),
          milliseconds(row.quietP50Ms),
          milliseconds(row.quietP99Ms),
          milliseconds(row.besideP50Ms),
          milliseconds(row.besideP99Ms),
          milliseconds(row.besideLongestMs),
          String(row.missing),
          mebibytes(mostResidentBytes),
          milliseconds(row.longestLoopDelayMs),
        ],
      ],
    },
    rows: [row],
    notes: [
      `The others are ${PER_SECOND} events a second in another partition, each with one delivery at another endpoint: from the append of the event to the request at the receiver. Aim: their p99 beside the large event is at most ${AIM_RATIO} × that before it. The ${whole(INSTALLS)} deliveries are attempted as they are made.`,
    ],
    missed: row.missing > 0 || row.besideP99Ms > AIM_RATIO * row.quietP99Ms,
  };
}
