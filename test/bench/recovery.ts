import { type DataPlaneName, dataPlaneNames } from '@switchboard/local-stack';
import { type GroupOwners, type Owners, watchGroups } from './recovery/group-owners.ts';
import { type Change, deliveryPartitions, normalizerPartitions, type PartitionsOf, pausesOf } from './recovery/partition-pause.ts';
import { createSecond } from './recovery/second-service.ts';
import type { Bench, BenchOptions, BenchResult, Row } from './support/bench.ts';
import { pause, preciseNow } from './support/clock.ts';
import { medianRow } from './support/median-row.ts';
import { percentile } from './support/statistics.ts';
import { type LoadOutcome, latenciesOf, missingOf, sendSteadily } from './support/steady-load.ts';
import { milliseconds } from './support/table.ts';
import { type LoadMeasurement, underLoad } from './support/under-load.ts';

const PER_SECOND = 200;
const SECONDS_BEFORE = 4;
const AIM_KILLED_MS = 5_000;
const AIM_KEPT_MS = 500;
const AIM_MOVED_MS = 3_000;
/** What was deferred to the third retry topic is attempted after two minutes. */
const PATIENCE_MS = 150_000;
const QUICK_PATIENCE_MS = 15_000;

type Grouped = Exclude<DataPlaneName, 'ingress'>;
const groups: Readonly<Record<Grouped, readonly string[]>> = {
  normalizer: ['switchboard.normalizer'],
  delivery: ['switchboard.fan-out', 'switchboard.delivery'],
};
const partitionsOf: Readonly<Record<Grouped, PartitionsOf>> = { normalizer: normalizerPartitions, delivery: deliveryPartitions };

/** What senders and webhooks notice while processes are killed, join, leave and are restarted. */
export const recoveryBench: Bench = {
  name: 'recovery',
  title: 'Recovery: kills, joins, leaves and rolling restarts',
  profiled: 'delivery',
  run: (options) =>
    underLoad(options, { endpoints: 10, environment: instances(1) }, async (...parts) => {
      const rows: Row[] = [];
      const rounds = options.rounds ?? (options.quick ? 1 : 3);
      for (let index = 0; index < rounds; index += 1) rows.push(...(await measureRound(index, ...parts)));
      return resultOf(rows, rounds, options);
    }),
};

function instances(number: number): Readonly<Record<DataPlaneName, Readonly<Record<string, string>>>> {
  const of = (name: DataPlaneName) => [name, { INSTANCE_ID: `${name}-${number}` }] as const;
  return Object.fromEntries(dataPlaneNames.map(of)) as Record<DataPlaneName, { INSTANCE_ID: string }>;
}

interface Acted {
  readonly outcome: LoadOutcome;
  /** When it was done, milliseconds since the epoch. */
  readonly at: number;
}

/** Does something while messages are sent at the rate. */
type Act = (name: string, act: () => Promise<unknown>) => Promise<Acted>;

async function measureRound(round: number, ...[options, stack, endpoints, load]: Parameters<LoadMeasurement>): Promise<Row[]> {
  const seconds = options.quick ? 12 : 30;
  const patienceMs = options.quick ? QUICK_PATIENCE_MS : PATIENCE_MS;
  const under: Act = async (name, act) => {
    options.report(`recovery: ${name}`);
    const begun = Promise.withResolvers<void>();
    const settings = { name: `${name}-${round}`, perSecond: PER_SECOND, seconds, patienceMs };
    const sending = sendSteadily(stack, load, endpoints, { ...settings, onBegin: async () => begun.resolve() });
    sending.catch(begun.reject);
    await begun.promise;
    await pause(SECONDS_BEFORE * 1_000);
    const at = preciseNow();
    const [outcome] = await Promise.all([sending, act()]);
    return { outcome, at };
  };
  await under('nothing', async () => {});
  const rows: Row[] = [];
  for (const name of dataPlaneNames) {
    const service = stack.services[name];
    rows.push(
      killedRow(
        name,
        await under(`kill -9 of the ${name}`, async () => {
          await service.kill();
          await service.start();
        }),
      ),
    );
  }
  const owners = await watchGroups(stack);
  try {
    for (const name of ['normalizer', 'delivery'] as const) rows.push(...(await measureMembers(name, under, owners, stack)));
  } finally {
    await owners.stop();
  }
  return rows;
}

function killedRow(service: DataPlaneName, { outcome, at }: Acted): Row {
  const firstAfter = (moments: Iterable<number>): number => Math.round(Math.min(...[...moments].filter((moment) => moment > at)) - at);
  const sent = new Map(outcome.conversations.map((conversation, index) => [conversation, outcome.sentAt[index] as number]));
  const fresh = outcome.arrivals.filter(({ subject }) => (sent.get(subject) ?? 0) > at);
  return {
    change: `kill -9 of the ${service}`,
    outageMs: firstAfter(fresh.map((arrival) => arrival.at)),
    longestMs: Math.round(percentile(latenciesOf(outcome), 1)),
    refused: outcome.refused,
    missing: missingOf(outcome),
    repeated: outcome.repeated,
  };
}

/** A second process joins, is restarted, both are restarted one after the other, and the second one leaves. */
async function measureMembers(
  name: Grouped,
  under: Act,
  owners: GroupOwners,
  stack: Parameters<LoadMeasurement>[1],
): Promise<readonly Row[]> {
  const { service: second, release } = await createSecond(stack, name, instances(2)[name]);
  const first = stack.services[name];
  const settled = (members: number) => Promise.all(groups[name].map((group) => owners.settled(group, members)));
  /** `restarted` gives the members of one group that are restarted, by their partitions before. */
  async function changed(
    what: string,
    members: { readonly before: number; readonly after: number },
    act: () => Promise<unknown>,
    restarted: (owners: Owners, group: number) => Iterable<string> = () => [],
  ): Promise<Row> {
    const before = await settled(members.before);
    const { outcome, at } = await under(`${what}, ${name}`, act);
    const after = await settled(members.after);
    const changes = before.map(
      (owner, group): Change => ({ before: owner, after: after[group] ?? new Map(), restarted: new Set(restarted(owner, group)) }),
    );
    const { keptMs, movedMs, kept, moved } = pausesOf(outcome, changes, partitionsOf[name], at);
    return {
      change: `${what}, ${name}`,
      keptMs: Math.round(keptMs),
      movedMs: Math.round(movedMs),
      kept,
      moved,
      refused: outcome.refused,
      missing: missingOf(outcome),
      repeated: outcome.repeated,
    };
  }
  try {
    const alone = await settled(1);
    const ofSecond = (before: Owners, group: number) =>
      [...before.values()].filter((member) => ![...(alone[group]?.values() ?? [])].includes(member));
    return [
      await changed('joining', { before: 1, after: 2 }, () => second.start()),
      await changed('restart of one of two', { before: 2, after: 2 }, () => second.restart(), ofSecond),
      await changed(
        'rolling restart',
        { before: 2, after: 2 },
        async () => {
          await first.restart();
          await second.restart();
        },
        (before) => before.values(),
      ),
      await changed('leaving', { before: 2, after: 1 }, () => second.stop()),
    ];
  } finally {
    await release();
  }
}

function resultOf(all: readonly Row[], rounds: number, { quick }: BenchOptions): BenchResult {
  const names = [...new Set(all.map(({ change }) => change))];
  const rows = names.map((change) => medianRow(all.filter((row) => row.change === change)));
  const over = (row: Row, figure: string, aim: number): boolean => Number(row[figure] ?? Number.NaN) > aim;
  const missed = rows.filter(
    (row) =>
      Number(row.missing) > 0 ||
      over(row, 'longestMs', AIM_KILLED_MS) ||
      over(row, 'keptMs', AIM_KEPT_MS) ||
      over(row, 'movedMs', AIM_MOVED_MS),
  );
  const ms = (value: Row[string] | undefined): string => (typeof value !== 'number' || !Number.isFinite(value) ? '–' : milliseconds(value));
  return {
    tables: [
      {
        columns: [
          'change',
          'outage',
          'longest wait',
          'kept, pause',
          'moved, pause',
          'partitions kept, moved',
          'refused',
          'not delivered',
          'repeated',
        ],
        rows: rows.map((row) => [
          String(row.change),
          ms(row.outageMs),
          ms(row.longestMs),
          ms(row.keptMs),
          ms(row.movedMs),
          row.kept === undefined ? '–' : `${row.kept}, ${row.moved}`,
          String(row.refused),
          String(row.missing),
          String(row.repeated),
        ]),
      },
    ],
    rows,
    notes: [
      `Aims: after kill -9 and a start, every first attempt within ${AIM_KILLED_MS} ms; partitions that keep their process pause at most ${AIM_KEPT_MS} ms, those that move ${AIM_MOVED_MS} ms.${missed.length === 0 ? '' : ` Missed: ${missed.map(({ change }) => change).join('; ')}.`}`,
      `${PER_SECOND} notifications a second; the change comes after ${SECONDS_BEFORE} s.${rounds > 1 ? ` Medians of ${rounds} rounds.` : ''} Outage: until the first attempt of a notification that was accepted after the kill. A pause is the longest wait from a notification to its first attempt, of those whose partitions kept their process or of the others. In a rolling restart all partitions count as moved. Refused: no response 200; senders try those again.`,
      ...(quick
        ? [
            `The services have INSTANCE_ID set. Not delivered: without an attempt ${QUICK_PATIENCE_MS / 1_000} s after the last response; a pause is measured up to that.`,
          ]
        : [`The services have INSTANCE_ID set. Not delivered: without an attempt ${PATIENCE_MS / 1_000} s after the last response.`]),
    ],
    ...(missed.length > 0 ? { missed: 'delivery' as const } : {}),
  };
}
