import { setTimeout as delay } from 'node:timers/promises';
import type { HandoverFact } from '../checker/facts.ts';
import { applyFault, type FaultTarget, laneOf } from './apply.ts';
import type { CrashPoint } from './crash-points.ts';
import { describeFault, type Fault, type FaultKind, type PlannedFault } from './fault.ts';

/** What the faults of a run did. */
export interface FaultTally {
  readonly applied: Readonly<Partial<Record<FaultKind, number>>>;
  /** Points at which services killed themselves. */
  readonly crashed: Readonly<Partial<Record<CrashPoint, number>>>;
  /** Faults that this machine or the moment did not allow, with the reason. */
  readonly skipped: readonly { readonly kind: FaultKind; readonly text: string; readonly reason: string }[];
  /** When deliveries may have changed hands so far. */
  readonly handovers: readonly HandoverFact[];
  /** Faults that could not be applied or healed. */
  readonly failures: readonly string[];
}

/** Of one fault. */
const MOST_HANDOVERS = 10;

export interface Execution {
  tally(): FaultTally;
  /** Resolves when every fault was applied and has healed. */
  readonly done: Promise<void>;
}

/** Applies each fault at its time; those of one lane wait for each other. */
export function executeFaults(plan: readonly PlannedFault[], target: FaultTarget): Execution {
  const applied: Partial<Record<FaultKind, number>> = {};
  const crashed: Partial<Record<CrashPoint, number>> = {};
  const skipped: FaultTally['skipped'][number][] = [];
  const failures: string[] = [];
  const lanes = new Map<string, Promise<void>>();
  const startedAt = performance.now();
  const handovers: { from: number; to: number; times: number }[] = [];

  function count(fault: Fault): void {
    applied[fault.kind] = (applied[fault.kind] ?? 0) + 1;
    if (fault.kind === 'crash') crashed[fault.point] = (crashed[fault.point] ?? 0) + 1;
  }

  async function apply({ fault }: PlannedFault): Promise<void> {
    const text = describeFault(fault);
    target.report(`${((performance.now() - startedAt) / 1_000).toFixed(0).padStart(4)} s  ${text}`);
    // Until it is known how often deliveries changed hands, and for as long as it takes to heal, they may have.
    const open = { from: Date.now(), to: Number.MAX_SAFE_INTEGER, times: MOST_HANDOVERS };
    handovers.push(open);
    try {
      const outcome = await applyFault(fault, target);
      open.times = outcome.handovers;
      if (outcome.skipped !== undefined) skipped.push({ kind: fault.kind, text, reason: outcome.skipped });
      else count(fault);
    } catch (error) {
      failures.push(`${text}: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      open.to = Date.now();
    }
  }

  async function run(): Promise<void> {
    for (const planned of plan) {
      await delay(Math.max(0, planned.atMs - (performance.now() - startedAt)));
      const lane = laneOf(planned.fault);
      lanes.set(
        lane,
        (lanes.get(lane) ?? Promise.resolve()).then(() => apply(planned)),
      );
    }
    await Promise.all(lanes.values());
  }

  return {
    tally: () => ({
      applied: { ...applied },
      crashed: { ...crashed },
      skipped: [...skipped],
      handovers: handovers.map((one) => ({ ...one })),
      failures: [...failures],
    }),
    done: run(),
  };
}
