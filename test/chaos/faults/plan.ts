import { type DataPlaneName, dataPlaneNames } from '@switchboard/local-stack';
import type { ProxyRule } from '../../support/kafka-proxy-connection.ts';
import type { Random } from '../../support/random.ts';
import { type CrashPoint, crashPoints, isContinuedFanOut } from './crash-points.ts';
import type { Fault, FaultKind, PlannedFault, Victim } from './fault.ts';

export interface PlanOptions {
  readonly random: Random;
  /** How long notifications are sent. */
  readonly horizonMs: number;
  readonly kills: number;
  /** Of each service. */
  readonly instances: number;
  readonly kinds: readonly FaultKind[];
}

const groupMembers = ['normalizer', 'delivery'] as const satisfies readonly DataPlaneName[];
/** Every other pause is longer than the longest session of a member, 15 s. */
const BEYOND_SESSION_MS = 16_000;
const LONGEST_PAUSE_MS = 20_000;
const PARTITIONS = 12;
const led = ['notifications.raw.v1', 'events.messaging.v1', 'deliveries.pending.v1', '__transaction_state', '__consumer_offsets'];
/** Topics of the brokers' own have fewer partitions. */
const OWN_PARTITIONS = 5;
/** Share of the time before the first fault and after the last one begins. */
const MARGIN = 0.06;

const harms: readonly [readonly ProxyRule[], ...(readonly ProxyRule[])[]] = [
  [{ api: 'produce', action: 'cut-answer', oneIn: 20 }],
  [{ api: 'produce', action: 'drop-answer', oneIn: 40 }],
  [{ api: 'produce', action: 'delay-answer', oneIn: 10, delayMs: 1_000 }],
  [{ api: 'produce', action: 'hold-request', oneIn: 60, delayMs: 12_000 }],
  [{ api: 'endTxn', action: 'cut-answer', oneIn: 5 }],
  [{ api: 'endTxn', action: 'drop-answer', oneIn: 10 }],
  [{ api: 'endTxn', action: 'delay-answer', oneIn: 5, delayMs: 3_000 }],
  [{ api: 'endTxn', action: 'hold-request', oneIn: 15, delayMs: 12_000 }],
  [{ api: 'txnOffsetCommit', action: 'cut-answer', oneIn: 5 }],
  [{ api: 'addPartitionsToTxn', action: 'cut-answer', oneIn: 5 }],
  [{ api: 'initProducerId', action: 'cut-answer', oneIn: 2 }],
  [{ api: 'offsetCommit', action: 'cut-answer', oneIn: 4 }],
  [{ api: 'fetch', action: 'cut-answer', oneIn: 100 }],
  [{ api: 'heartbeat', action: 'drop-answer', oneIn: 4 }],
  [{ api: 'joinGroup', action: 'delay-answer', oneIn: 1, delayMs: 2_000 }],
  [
    { api: 'produce', action: 'cut-answer', oneIn: 40 },
    { api: 'endTxn', action: 'cut-answer', oneIn: 10 },
    { api: 'offsetCommit', action: 'cut-answer', oneIn: 10 },
  ],
];

/** The faults of a run in the order of their times. The same draws give the same plan. */
export function planFaults({ random, horizonMs, kills, instances, kinds }: PlanOptions): readonly PlannedFault[] {
  const victim = (service: DataPlaneName): Victim => ({ service, number: random.int(0, instances - 1) });
  const share = (least: number, most: number): number => random.int(least, Math.max(least, Math.min(most, Math.floor(horizonMs / 5))));
  /** Every one as often as the others, beginning with `first`. */
  const turns = <Item>(of: readonly [Item, ...Item[]], first: readonly Item[] = []): (() => Item) => {
    let left = [...first];
    return () => {
      if (left.length === 0) left = random.shuffled(of);
      return left.pop() ?? of[0];
    };
  };
  const nextKilled = turns<DataPlaneName>(dataPlaneNames);
  const nextCrashed = turns<DataPlaneName>(dataPlaneNames, ['delivery']);
  const nextPaused = turns(dataPlaneNames);
  const nextPausedLong = turns(groupMembers);
  const nextRestarted = turns(dataPlaneNames);
  const nextJoined = turns(groupMembers);
  const nextHarms = turns(harms);
  const nextPoint: Readonly<Record<DataPlaneName, () => CrashPoint>> = {
    ingress: turns<CrashPoint>(crashPoints.ingress),
    normalizer: turns<CrashPoint>(crashPoints.normalizer),
    delivery: turns<CrashPoint>(crashPoints.delivery, random.shuffled(crashPoints.delivery.filter(isContinuedFanOut))),
  };
  let pauses = 0;

  const make: Readonly<Record<FaultKind, () => Fault>> = {
    kill: () => ({ kind: 'kill', victim: victim(nextKilled()), downMs: random.int(100, 3_000) }),
    crash: () => {
      const service = nextCrashed();
      const point = nextPoint[service]();
      return { kind: 'crash', victim: victim(service), point, nth: random.int(1, isContinuedFanOut(point) ? 3 : 20) };
    },
    pause: () => {
      pauses += 1;
      return pauses % 2 === 1
        ? { kind: 'pause', victim: victim(nextPausedLong()), forMs: random.int(BEYOND_SESSION_MS, LONGEST_PAUSE_MS) }
        : { kind: 'pause', victim: victim(nextPaused()), forMs: share(2_000, BEYOND_SESSION_MS) };
    },
    restart: () => ({ kind: 'restart', service: nextRestarted() }),
    rebalance: () => ({
      kind: 'rebalance',
      service: nextJoined(),
      forMs: share(4_000, 15_000),
      leaves: random.pick(['cleanly', 'killed'] as const),
    }),
    broker: () => {
      const topic = random.pick(led);
      const partition = random.int(0, (topic.startsWith('__') ? OWN_PARTITIONS : PARTITIONS) - 1);
      return { kind: 'broker', topic, partition, downMs: random.int(1_000, 8_000) };
    },
    leaders: () => ({ kind: 'leaders' }),
    registry: () => ({ kind: 'registry', downMs: share(5_000, 15_000) }),
    proxy: () => ({ kind: 'proxy', rules: nextHarms(), forMs: share(4_000, 12_000) }),
    clock: () => ({
      kind: 'clock',
      victim: victim(nextPaused()),
      aheadMs: random.pick([-120_000, -30_000, 30_000, 120_000]),
      forMs: share(8_000, 25_000),
    }),
    disk: () => ({ kind: 'disk', forMs: share(4_000, 10_000) }),
  };

  const counts = countsOf(kills, kinds);
  const faults = continuedEarly(random.shuffled(kinds.flatMap((kind) => Array.from({ length: counts[kind] }, () => make[kind]()))));
  const spanMs = horizonMs * (1 - 2 * MARGIN);
  return faults.map((fault, index) => ({
    atMs: Math.round(horizonMs * MARGIN + ((index + random.int(0, 1_000) / 1_000) * spanMs) / faults.length),
    fault,
  }));
}

/**
 * Kills within a continued fan-out are in the first half, in exchange for others: few events are that large, and towards the end of a run
 * none may be left that passes the point.
 */
function continuedEarly(faults: readonly Fault[]): readonly Fault[] {
  const isContinued = (fault: Fault): boolean => fault.kind === 'crash' && isContinuedFanOut(fault.point);
  const half = Math.ceil(faults.length / 2);
  const [early, late] = [faults.slice(0, half), faults.slice(half)];
  for (const [index, fault] of late.entries()) {
    const other = early.findIndex((each) => !isContinued(each));
    if (!isContinued(fault) || other < 0) continue;
    [late[index], early[other]] = [early[other] as Fault, fault];
  }
  return [...early, ...late];
}

/**
 * Every second end of a transaction comes to harm, from the beginning on. Each transaction stays open for a while between its output and
 * its offset: an end that arrives then, for it was asked for in the transaction before, tears the two apart.
 */
export function harmEveryEnd(horizonMs: number): readonly PlannedFault[] {
  const rules: readonly ProxyRule[] = [
    { api: 'txnOffsetCommit', action: 'hold-request', oneIn: 1, delayMs: 400 },
    { api: 'endTxn', action: 'hold-request', oneIn: 6, delayMs: 2_500 },
    { api: 'endTxn', action: 'delay-answer', oneIn: 6, delayMs: 2_500 },
    { api: 'endTxn', action: 'drop-answer', oneIn: 6 },
    { api: 'endTxn', action: 'cut-answer', oneIn: 6 },
  ];
  return [{ atMs: 0, fault: { kind: 'proxy', rules, forMs: horizonMs } }];
}

/** How many of each kind go with so many kills. */
function countsOf(kills: number, kinds: readonly FaultKind[]): Readonly<Record<FaultKind, number>> {
  const oneIn = (count: number): number => Math.ceil(kills / count);
  const crashes = !kinds.includes('crash') ? 0 : kinds.includes('kill') ? Math.floor(kills * 0.4) : kills;
  return {
    kill: kills - crashes,
    crash: crashes,
    pause: oneIn(6),
    restart: oneIn(15),
    rebalance: oneIn(8),
    broker: oneIn(10),
    leaders: oneIn(10),
    registry: oneIn(25),
    proxy: oneIn(4),
    clock: oneIn(25),
    disk: oneIn(50),
  };
}
