import { applyInstall } from '../../packages/local-stack/src/stack/admin-api.ts';
import type { HandoverFact } from '../chaos/checker/facts.ts';
import type { Admin } from '../chaos/run/backlog.ts';
import type { Instance } from '../chaos/run/instance.ts';
import { everyoneReady, until } from '../chaos/run/until.ts';
import { untilCaughtUp } from './caught-up.ts';
import { documents, GUARDED_INSTALL } from './installs.ts';
import type { Action } from './plan.ts';
import { applyTopics, hasAdmin, type Release, type ReleaseName } from './release.ts';
import { createSavedInstalls } from './saved-installs.ts';
import type { UpgradeStack } from './stack.ts';

/** What runs now, and what actions on it did. */
export interface Performance {
  /** Throws where an action does not succeed in time. Every process that is to run is ready afterwards. */
  act(action: Action): Promise<void>;
  handovers(): readonly HandoverFact[];
}

export interface PerformanceOptions {
  readonly stack: UpgradeStack;
  readonly releases: Readonly<Record<ReleaseName, Release>>;
  /** Of the event log. */
  readonly log: Admin;
}

const READY_MS = 120_000;
/** The few installs come first. */
const SOME_INSTALLS = 10;

export function createPerformance({ stack, releases, log }: PerformanceOptions): Performance {
  const running = new Set<Instance>();
  const handovers: HandoverFact[] = [];
  const saved = createSavedInstalls(stack.adminApi);
  // The release whose processes were started last.
  let newest: ReleaseName = 'former';

  async function start(...instances: readonly Instance[]): Promise<void> {
    for (const instance of instances) running.add(instance);
    await Promise.all(instances.map((instance) => instance.start()));
    await until('every process is ready', READY_MS, () => everyoneReady([...running]));
  }

  async function stop(...instances: readonly Instance[]): Promise<void> {
    for (const instance of instances) running.delete(instance);
    const ends = await Promise.all(instances.map((instance) => instance.stop()));
    for (const [index, end] of ends.entries())
      if (end !== undefined && end.code !== 0)
        throw new Error(`${instances[index]?.name} was stopped and ended with ${end.signal ?? `exit code ${end.code}`}`);
  }

  async function replace({ service, number, to }: Extract<Action, { kind: 'replace' }>): Promise<void> {
    const [from, next] = [stack.instances[to === 'present' ? 'former' : 'present'], stack.instances[to]].map(
      (fleet) => fleet.of(service)[number],
    );
    if (from === undefined || next === undefined) throw new RangeError(`there is no ${service}-${number + 1}`);
    const since = Date.now();
    await stop(from);
    await start(next);
    newest = to;
    // One rebalance when a process leaves, and one when another joins.
    if (service === 'delivery') handovers.push({ from: since, to: Date.now(), times: 2 });
  }

  const normalizers = (): readonly Instance[] => stack.instances[newest].of('normalizer');

  async function act(action: Action): Promise<void> {
    switch (action.kind) {
      case 'start-former':
        await applyTopics(releases.former, stack.brokers, stack.registryUrl);
        return start(...stack.instances.former.all, ...(hasAdmin(releases.former) ? [stack.instances.former.admin] : []));
      case 'apply-topics':
        return applyTopics(releases.present, stack.brokers, stack.registryUrl);
      case 'replace':
        return replace(action);
      case 'start-admin':
        return start(stack.instances[newest].admin);
      case 'stop-admin':
        return stop(...[stack.instances.former.admin, stack.instances.present.admin].filter((admin) => running.has(admin)));
      case 'write-installs':
        for (const { id, document } of documents(stack.origin).slice(0, action.which === 'all' ? undefined : SOME_INSTALLS))
          await applyInstall(stack.adminApi, id, document);
        return;
      case 'save-installs':
        return saved.save(GUARDED_INSTALL);
      case 'restore-installs':
        return saved.restore();
      case 'stop-normalizers':
        await stop(...normalizers());
        return untilCaughtUp(log, ['switchboard.fan-out'], true);
      case 'start-normalizers':
        return start(...normalizers());
      default:
        return action satisfies never;
    }
  }

  return { act, handovers: () => [...handovers] };
}
