import { setTimeout as delay } from 'node:timers/promises';
import type { Instance, Life } from '../run/instance.ts';
import type { ChaosStack } from '../run/stack.ts';
import { until } from '../run/until.ts';
import type { Fault, Victim } from './fault.ts';
import type { SmallDisk } from './small-disk.ts';
import { skewedLife } from './wrong-clock.ts';

export interface FaultTarget {
  readonly stack: ChaosStack;
  /** Undefined where none can be made. */
  readonly disk: SmallDisk | undefined;
  /** By which processes are started under a wrong clock; undefined where there is none. */
  readonly faketime: string | undefined;
  readonly report: (line: string) => void;
}

/** What became of a fault. */
export interface FaultOutcome {
  /** How often deliveries may have changed hands by it. */
  readonly handovers: number;
  /** Why it did not do what it was for; undefined where it did. */
  readonly skipped?: string;
}

/** Within this time a service that is told to crash at a point gets there, or the point is given up. */
const CRASH_WITHIN_MS = 60_000;
const IN_SYNC_MS = 180_000;
const READY_MS = 60_000;
const STARTED_BEFORE = 'a rolling restart had started it before';

/** What a fault works on; two of the same lane never overlap. */
export function laneOf(fault: Fault): string {
  switch (fault.kind) {
    case 'kill':
    case 'crash':
    case 'pause':
    case 'clock':
      return `${fault.victim.service}-${fault.victim.number}`;
    case 'restart':
      return `every ${fault.service}`;
    case 'rebalance':
      return `extra ${fault.service}`;
    case 'broker':
    case 'leaders':
    case 'disk':
      return 'brokers';
    case 'registry':
    case 'proxy':
      return fault.kind;
    default:
      return fault satisfies never;
  }
}

/** Applies the fault, where this machine and this moment allow it, and heals it. */
export async function applyFault(fault: Fault, target: FaultTarget): Promise<FaultOutcome> {
  const { stack, disk, faketime, report } = target;
  const { instances, backbone } = stack;
  const victimOf = ({ service, number }: Victim): Instance => {
    const instance = instances.of(service)[number];
    if (instance === undefined) throw new RangeError(`there is no ${service} ${number}`);
    return instance;
  };
  const handovers = (service: string, count: number): FaultOutcome => ({ handovers: service === 'delivery' ? count : 0 });
  switch (fault.kind) {
    case 'kill': {
      const instance = victimOf(fault.victim);
      await instance.kill();
      await delay(fault.downMs);
      await instance.start();
      return handovers(fault.victim.service, 2);
    }
    case 'crash': {
      const instance = victimOf(fault.victim);
      await instance.kill();
      if (!(await instance.start(crashLife(fault)))) return { ...handovers(fault.victim.service, 2), skipped: STARTED_BEFORE };
      const crashed = await Promise.race([instance.ended().then(() => true), delay(CRASH_WITHIN_MS, false, { ref: false })]);
      if (crashed) return handovers(fault.victim.service, 4);
      await instance.kill();
      await instance.start();
      return {
        ...handovers(fault.victim.service, 4),
        skipped: `it did not pass the point ${fault.nth} times in ${CRASH_WITHIN_MS / 1_000} s`,
      };
    }
    case 'pause': {
      const instance = victimOf(fault.victim);
      instance.pause();
      await delay(fault.forMs);
      instance.resume();
      return handovers(fault.victim.service, 2);
    }
    case 'restart':
      for (const instance of instances.of(fault.service)) {
        await instance.stop();
        await instance.start();
        await until(`${instance.name} is ready`, READY_MS, () => instance.ready()).catch((error: Error) => report(error.message));
      }
      return handovers(fault.service, 2 * instances.of(fault.service).length);
    case 'rebalance': {
      const extra = instances.extras.find(({ service }) => service === fault.service);
      if (extra === undefined) throw new RangeError(`there is no extra ${fault.service}`);
      await extra.start();
      await delay(fault.forMs);
      if (fault.leaves === 'cleanly') await extra.stop();
      else await extra.kill();
      return handovers(fault.service, 2);
    }
    case 'broker': {
      const { cluster } = backbone;
      const leader = await cluster.leaderOf(fault.topic, fault.partition);
      if (leader < 0) return { handovers: 0, skipped: 'the partition had no leader' };
      await cluster.kill(leader);
      await delay(fault.downMs);
      await cluster.restart(leader);
      await cluster.untilInSync(undefined, IN_SYNC_MS);
      return { handovers: 2 };
    }
    case 'leaders':
      await backbone.cluster.moveLeaders();
      return { handovers: 1 };
    case 'registry':
      await backbone.registry.kill();
      await delay(fault.downMs);
      await backbone.registry.restart();
      return { handovers: 0 };
    case 'proxy':
      await backbone.proxy.call('setRules', fault.rules);
      await delay(fault.forMs);
      await backbone.proxy.call('setRules', []);
      return { handovers: 2 };
    case 'clock': {
      if (faketime === undefined) return { handovers: 0, skipped: 'there is no faketime' };
      const instance = victimOf(fault.victim);
      await instance.kill();
      const started = await instance.start(skewedLife(faketime, fault.aheadMs));
      if (!started) return { ...handovers(fault.victim.service, 2), skipped: STARTED_BEFORE };
      await delay(fault.forMs);
      await instance.stop();
      await instance.start();
      return handovers(fault.victim.service, 4);
    }
    case 'disk':
      if (disk === undefined) return { handovers: 0, skipped: 'this process may not mount a file system' };
      await disk.fill();
      await delay(fault.forMs);
      await disk.free();
      await backbone.cluster.restart(disk.broker);
      await backbone.cluster.untilInSync(undefined, IN_SYNC_MS);
      return { handovers: 2 };
    default:
      return fault satisfies never;
  }
}

function crashLife({ victim, point, nth }: Extract<Fault, { kind: 'crash' }>): Life {
  return { entry: `test/chaos/entries/${victim.service}.ts`, environment: { CRASH_AT: `${point}:${nth}` } };
}
