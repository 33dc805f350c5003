import { setTimeout as delay } from 'node:timers/promises';
import { applyFault, type FaultTarget, laneOf } from './apply.ts';
import { describeFault, type FaultKind, type PlannedFault } from './fault.ts';

/** What the faults of a run did. */
export interface FaultTally {
  readonly applied: Readonly<Partial<Record<FaultKind, number>>>;
  /** How often deliveries may have changed hands so far. */
  readonly deliveryHandovers: number;
  /** Faults that could not be applied or healed. */
  readonly failures: readonly string[];
}

export interface Execution {
  tally(): FaultTally;
  /** Resolves when every fault was applied and has healed. */
  readonly done: Promise<void>;
}

/** Applies each fault at its time; those of one lane wait for each other. */
export function executeFaults(plan: readonly PlannedFault[], target: FaultTarget): Execution {
  const applied: Partial<Record<FaultKind, number>> = {};
  const failures: string[] = [];
  const lanes = new Map<string, Promise<void>>();
  const startedAt = performance.now();
  let deliveryHandovers = 0;

  async function apply({ fault }: PlannedFault): Promise<void> {
    const text = describeFault(fault);
    target.report(`${((performance.now() - startedAt) / 1_000).toFixed(0).padStart(4)} s  ${text}`);
    try {
      const handovers = await applyFault(fault, target);
      deliveryHandovers += handovers;
      applied[fault.kind] = (applied[fault.kind] ?? 0) + 1;
    } catch (error) {
      failures.push(`${text}: ${error instanceof Error ? error.message : String(error)}`);
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

  return { tally: () => ({ applied: { ...applied }, deliveryHandovers, failures: [...failures] }), done: run() };
}
