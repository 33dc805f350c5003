import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { check } from '../chaos/checker/check.ts';
import type { Verdict } from '../chaos/checker/verdict.ts';
import { collectEvidence } from '../chaos/evidence/collect-evidence.ts';
import { loadEvidence } from '../chaos/evidence/load-evidence.ts';
import type { Gathering } from '../chaos/evidence/run-directory.ts';
import type { Admin } from '../chaos/run/backlog.ts';
import { mostInFlight } from '../chaos/run/instances.ts';
import { settle } from '../chaos/run/settle.ts';
import { until } from '../chaos/run/until.ts';
import { untilCaughtUp } from './caught-up.ts';
import { installFacts } from './installs.ts';
import type { UpgradeOptions } from './options.ts';
import type { StepReport, UpgradeOutcome } from './outcome.ts';
import type { Performance } from './perform.ts';
import type { Step, UpgradePlan } from './plan.ts';
import { secretsArrive } from './secrets-arrive.ts';
import type { UpgradeStack } from './stack.ts';

export interface UpgradeReports {
  /** Progress in words. */
  readonly say: (line: string) => void;
  /** Called at the end of each step. */
  readonly step: (report: StepReport) => void;
}

export interface Drive {
  readonly options: UpgradeOptions;
  readonly directory: string;
  readonly stack: UpgradeStack;
  /** Of the event log. */
  readonly log: Admin;
  readonly performance: Performance;
  readonly plan: UpgradePlan;
  readonly reports: UpgradeReports;
}

/** More than any run sends. */
const MOST_NOTIFICATIONS = 1_000_000;
/** Each so many-th notification becomes an event that 55 more installs receive. */
const LARGE_EVERY = 40;
const TRAFFIC_WITHIN_MS = 60_000;
const SETTLED_WITHIN_MS = 180_000;

/** Every step of the plan while notifications are sent, then the verdicts. The first step that fails is the last one. */
export async function drive(driven: Drive): Promise<Omit<UpgradeOutcome, 'former' | 'directory'>> {
  const { stack, plan, reports } = driven;
  const traffic = createTraffic(driven);
  const steps: StepReport[] = [];
  const outcome = (forward: readonly Verdict[], back: readonly Verdict[]) => {
    const fleets = Object.values(stack.instances);
    return { steps, forward, back, unexpected: fleets.flatMap(({ all, admin }) => [...all, admin].flatMap((one) => one.unexpected())) };
  };
  const perform = async (of: readonly Step[]): Promise<boolean> => {
    for (const step of of) {
      const report = await performStep(driven, traffic, step, steps.length + 1);
      steps.push(report);
      reports.step(report);
      if (report.failure !== undefined) return false;
    }
    return true;
  };
  if (!(await perform(plan.forward))) return outcome([], []);
  const forward = await gather(driven, 'in-motion');
  if (!(await perform(plan.back))) return outcome(forward, []);
  await traffic.finish();
  reports.say('no more notifications are sent; waiting for the end of every delivery');
  const gatherAgain = () => gather(driven, 'at-rest');
  return outcome(forward, await settle({ brokers: stack.brokers, gather: gatherAgain, withinMs: SETTLED_WITHIN_MS, report: reports.say }));
}

async function performStep(driven: Drive, traffic: Traffic, step: Step, number: number): Promise<StepReport> {
  const startedAt = performance.now();
  const before = await traffic.counts();
  let failure: string | undefined;
  try {
    for (const action of step.actions) await driven.performance.act(action);
    traffic.start();
    await traffic.passes(step);
    await delay(driven.options.trafficMs);
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error);
  }
  const after = await traffic.counts();
  return {
    number,
    title: step.title,
    seconds: (performance.now() - startedAt) / 1_000,
    accepted: after.accepted - before.accepted,
    received: after.received - before.received,
    refused: after.refused - before.refused,
    failure,
  };
}

interface Counts {
  readonly accepted: number;
  readonly received: number;
  readonly refused: number;
}

interface Traffic {
  /** Begins to send; later calls do nothing. */
  start(): void;
  counts(): Promise<Counts>;
  /** Resolves when traffic has passed as the step asks for. Throws where it does not in time. */
  passes(step: Pick<Step, 'traffic'>): Promise<void>;
  /** Resolves when every notification that was begun was accepted, or failed for good. */
  finish(): Promise<void>;
}

function createTraffic({ options, stack, log }: Drive): Traffic {
  let sending: Promise<unknown> | undefined;
  let failure: Error | undefined;
  const counts = async (): Promise<Counts> => {
    const [{ accepted, statuses }, received] = await Promise.all([
      stack.sender.call('progress', null),
      stack.receiver.call('requests', null),
    ]);
    const refused = Object.entries(statuses).reduce(
      (sum, [status, count]) => (status === 'none' || Number(status) >= 500 ? sum + count : sum),
      0,
    );
    return { accepted, received, refused };
  };
  return {
    start() {
      if (sending !== undefined) return;
      const { seed, rate } = options;
      const job = { seed, notifications: MOST_NOTIFICATIONS, largeEvery: LARGE_EVERY, ratePerSecond: rate, ...stack.senderJob };
      sending = stack.sender.call('run', job).catch((error: Error) => {
        failure = error;
      });
    },
    counts,
    async passes({ traffic }) {
      const before = await counts();
      await until('notifications are accepted and requests received', TRAFFIC_WITHIN_MS, async () => {
        if (failure !== undefined) throw failure;
        const now = await counts();
        return now.accepted > before.accepted && (traffic === 'stored' || now.received > before.received);
      });
      if (traffic === 'through') await untilCaughtUp(log, ['switchboard.normalizer', 'switchboard.fan-out'], false);
    },
    async finish() {
      await stack.sender.call('finish', null);
      await sending;
      if (failure !== undefined) throw failure;
    },
  };
}

async function gather({ directory, stack, performance }: Drive, name: Gathering): Promise<readonly Verdict[]> {
  const target = join(directory, name);
  await collectEvidence({
    directory: target,
    bootstrap: stack.brokers.join(','),
    facts: { installs: installFacts, handovers: performance.handovers(), mostInFlight, atRest: name === 'at-rest' },
    registryUrl: stack.registryUrl,
    saveReceived: stack.saveReceived,
    saveSent: stack.saveSent,
  });
  const evidence = await loadEvidence(target);
  return [...check(evidence), secretsArrive(evidence)];
}
