import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createRandom } from '../../support/random.ts';
import { check } from '../checker/check.ts';
import type { Verdict } from '../checker/verdict.ts';
import { collectEvidence } from '../evidence/collect-evidence.ts';
import { loadEvidence } from '../evidence/load-evidence.ts';
import type { Gathering } from '../evidence/run-directory.ts';
import { executeFaults, type FaultTally } from '../faults/execute.ts';
import { describeFault } from '../faults/fault.ts';
import { harmEveryEnd, planFaults } from '../faults/plan.ts';
import { mountSmallDisk, type SmallDisk } from '../faults/small-disk.ts';
import { findFaketime } from '../faults/wrong-clock.ts';
import { installFacts } from '../load/installs.ts';
import { sendingMs } from '../load/ramp.ts';
import type { ChaosOptions } from '../options.ts';
import { mostInFlight } from './instances.ts';
import { settle } from './settle.ts';
import { type ChaosStack, type ChaosStackOptions, startChaosStack } from './stack.ts';
import { everyoneReady, until } from './until.ts';

/** What came of a run. */
export interface ChaosOutcome {
  readonly inMotion: readonly Verdict[];
  readonly atRest: readonly Verdict[];
  readonly tally: FaultTally;
  /** Ends of services that nobody asked for. */
  readonly unexpected: readonly string[];
  /** How often the proxy did what. */
  readonly proxied: Readonly<Record<string, number>>;
  /** Answers to the sender by status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Since the first notification: the last one was accepted or given up, every fault had healed, the backlog was gone and checked. */
  readonly seconds: { readonly sent: number; readonly healed: number; readonly settled: number };
  /** Where evidence and logs stand. */
  readonly directory: string;
}

const REPORT_EVERY_MS = 10_000;
const HEALED_MS = 180_000;
/** I12: how long the backlog may take once the last fault has healed. */
const settledMs = (notifications: number): number => 240_000 + notifications * 4;
const SMALL_DISK_BROKER = 3;
/** Room for the log of a run and some more. */
const smallDiskMib = (notifications: number): number => 512 + Math.ceil(notifications / 30);

/** A whole run: everything started, notifications sent while faults happen, everything healed, the evidence checked. */
export async function runChaos(options: ChaosOptions, report: (line: string) => void): Promise<ChaosOutcome> {
  const directory = await mkdtemp(join(tmpdir(), `switchboard-chaos-${options.seed}-`));
  report(`seed ${options.seed}, everything in ${directory}`);
  const disk = options.faults.includes('disk')
    ? await mountSmallDisk(join(directory, 'kafka'), SMALL_DISK_BROKER, smallDiskMib(options.notifications))
    : undefined;
  let stack: ChaosStack | undefined;
  try {
    stack = await startChaosStack({ directory, seed: options.seed, perService: options.instances, usual: usualLives(options), report });
    return await drive({ options, directory, stack, disk, report });
  } finally {
    await stack?.stop();
    await disk?.remove();
  }
}

interface Drive {
  readonly options: ChaosOptions;
  readonly directory: string;
  readonly stack: ChaosStack;
  readonly disk: SmallDisk | undefined;
  readonly report: (line: string) => void;
}

async function drive({ options, directory, stack, disk, report }: Drive): Promise<ChaosOutcome> {
  const { seed, notifications, rate, kills, instances, faults, largeEvery } = options;
  const horizonMs = sendingMs(notifications, rate);
  const plan =
    options.endTxn === 'as usual'
      ? planFaults({ random: createRandom(seed), horizonMs, kills, instances, kinds: faults })
      : harmEveryEnd(horizonMs);
  for (const { atMs, fault } of plan) report(`plan ${(atMs / 1_000).toFixed(0).padStart(4)} s  ${describeFault(fault)}`);
  const startedAt = performance.now();
  const elapsed = (): number => Math.round((performance.now() - startedAt) / 1_000);
  const execution = executeFaults(plan, { stack, disk, faketime: await findFaketime(), report });
  const sent = stack.sender.call('run', { seed, notifications, largeEvery, ratePerSecond: rate, ...stack.senderJob });
  // Awaited later; a failure is to wait until then.
  sent.catch(() => {});
  const gather = async (name: Gathering, atRest: boolean): Promise<readonly Verdict[]> => {
    const target = join(directory, name);
    await collectEvidence({
      directory: target,
      bootstrap: stack.backbone.cluster.bootstrap,
      facts: { installs: installFacts, handovers: execution.tally().handovers, mostInFlight, atRest },
      saveReceived: stack.saveReceived,
      saveSent: stack.saveSent,
    });
    return check(await loadEvidence(target));
  };
  const stopReports = reportProgress(stack, elapsed, report);
  try {
    await delay(horizonMs / 2);
    const inMotion = await gather('in-motion', false);
    await sent;
    const sendSeconds = elapsed();
    await execution.done;
    await stack.backbone.proxy.call('setRules', []);
    await until('everything is ready again', HEALED_MS, () => everyoneReady(stack.instances.all));
    const healedSeconds = elapsed();
    report(`${healedSeconds} s: everything has healed`);
    const atRest = await settle({
      brokers: stack.backbone.cluster.brokers,
      gather: () => gather('at-rest', true),
      withinMs: settledMs(notifications),
      report,
    });
    const progress = await stack.sender.call('progress', null);
    return {
      inMotion,
      atRest,
      tally: execution.tally(),
      unexpected: [...stack.instances.all, ...stack.instances.extras].flatMap((instance) => instance.unexpected()),
      proxied: await stack.backbone.proxy.call('counts', null),
      statuses: progress.statuses,
      seconds: { sent: sendSeconds, healed: healedSeconds, settled: elapsed() },
      directory,
    };
  } finally {
    stopReports();
  }
}

function usualLives({ endTxn }: ChaosOptions): ChaosStackOptions['usual'] {
  if (endTxn === 'as usual') return {};
  return { normalizer: { entry: 'test/chaos/entries/end-txn-normalizer.ts', environment: { END_TXN: endTxn } } };
}

function reportProgress(stack: ChaosStack, elapsed: () => number, report: (line: string) => void): () => void {
  const timer = setInterval(() => {
    Promise.all([stack.sender.call('progress', null), stack.receiver.call('requests', null)]).then(
      ([{ begun, accepted, givenUp, statuses }, received]) => {
        report(
          `${elapsed()} s: ${begun} begun, ${accepted} accepted, ${givenUp} given up, ${JSON.stringify(statuses)}, ${received} requests received`,
        );
      },
      () => {},
    );
  }, REPORT_EVERY_MS);
  return () => clearInterval(timer);
}
