import { type DataPlaneName, dataPlaneNames } from '@switchboard/local-stack';
import type { ReleaseName } from './release.ts';

/** What a step does. Numbers of processes are from 0. */
export type Action =
  | { readonly kind: 'start-former' }
  | { readonly kind: 'apply-topics' }
  | { readonly kind: 'replace'; readonly service: DataPlaneName; readonly number: number; readonly to: ReleaseName }
  | { readonly kind: 'start-admin' }
  | { readonly kind: 'stop-admin' }
  /** All, or the few that receive most events and some of the others: through the admin API that runs now. */
  | { readonly kind: 'write-installs'; readonly which: 'all' | 'some' }
  /** Those with header values and queries, which the present release seals: saved and paused, then applied and resumed. */
  | { readonly kind: 'save-installs' }
  | { readonly kind: 'restore-installs' }
  | { readonly kind: 'stop-normalizers' }
  | { readonly kind: 'start-normalizers' };

export interface Step {
  readonly title: string;
  readonly actions: readonly Action[];
  /**
   * What must pass before the next step: notifications to the end of their fan-out and requests to webhooks, or notifications into their
   * topic only, while the normalizers are stopped.
   */
  readonly traffic: 'through' | 'stored';
}

export interface PlanOptions {
  /** Whether the former release has an admin service and reads sealed webhooks: since 0.2.0. */
  readonly hasAdmin: boolean;
  /** Delivery goes back while events arrive: outside of what docs/upgrading.md allows, to see what that costs. */
  readonly hurried: boolean;
}

export interface UpgradePlan {
  readonly forward: readonly Step[];
  readonly back: readonly Step[];
}

/**
 * An upgrade and its way back, as docs/upgrading.md has it: one process at a time, along the flow of data in both directions. Every hop
 * so has a writer of this release before a reader of the former one (forward), and the other way round (back). Before a delivery process
 * goes back, the normalizers are stopped until the fan-out has caught up: the former release cannot continue an event that this one began.
 */
export function planUpgrade(perService: number, { hasAdmin, hurried }: PlanOptions): UpgradePlan {
  const numbers = Array.from({ length: perService }, (_, index) => index);
  const roll: Roll = (service, to, traffic = 'through') =>
    numbers.map((number) => ({
      title: `${service}-${number + 1} is of the ${to} release${number + 1 < perService ? ', beside the other one' : ''}`,
      actions: [{ kind: 'replace', service, number, to }],
      traffic,
    }));
  // Where the former release has an admin too, both have the same ports.
  const stopFormerAdmin: readonly Action[] = hasAdmin ? [{ kind: 'stop-admin' }] : [];
  const startFormerAdmin: readonly Action[] = hasAdmin ? [{ kind: 'start-admin' }] : [];
  const saveInstalls: readonly Action[] = hasAdmin ? [] : [{ kind: 'save-installs' }];
  const restoreInstalls: readonly Action[] = hasAdmin ? [] : [{ kind: 'restore-installs' }];
  return {
    forward: [
      {
        title: 'every process is of the former release',
        actions: [{ kind: 'start-former' }, { kind: 'write-installs', which: 'all' }],
        traffic: 'through',
      },
      { title: 'topics and schemas of the present release', actions: [{ kind: 'apply-topics' }], traffic: 'through' },
      ...dataPlaneNames.flatMap((service) => roll(service, 'present')),
      {
        title: 'the admin of the present release writes installs again',
        actions: [...stopFormerAdmin, { kind: 'start-admin' }, { kind: 'write-installs', which: 'some' }],
        traffic: 'through',
      },
    ],
    back: [
      ...roll('ingress', 'former'),
      ...roll('normalizer', 'former'),
      ...(hurried ? hurriedBack(roll) : cautiousBack(roll, saveInstalls)),
      {
        title: 'the former admin API writes installs again',
        actions: [...startFormerAdmin, ...restoreInstalls, { kind: 'write-installs', which: 'some' }],
        traffic: 'through',
      },
    ],
  };
}

type Roll = (service: DataPlaneName, to: ReleaseName, traffic?: Step['traffic']) => readonly Step[];

const cautiousBack = (roll: Roll, saveInstalls: readonly Action[]): readonly Step[] => [
  {
    title: 'the admin and the normalizers stop; the fan-out catches up',
    actions: [...saveInstalls, { kind: 'stop-admin' }, { kind: 'stop-normalizers' }],
    traffic: 'stored',
  },
  ...roll('delivery', 'former', 'stored'),
  { title: 'the normalizers start', actions: [{ kind: 'start-normalizers' }], traffic: 'through' },
];

const hurriedBack = (roll: Roll): readonly Step[] => [
  { title: 'the admin stops', actions: [{ kind: 'stop-admin' }], traffic: 'through' },
  ...roll('delivery', 'former'),
];
