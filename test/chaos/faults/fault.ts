import type { DataPlaneName } from '@switchboard/local-stack';
import type { ProxyRule } from '../../support/kafka-proxy-connection.ts';
import type { CrashPoint } from './crash-points.ts';

export const faultKinds = [
  'kill',
  'crash',
  'pause',
  'restart',
  'rebalance',
  'broker',
  'leaders',
  'registry',
  'proxy',
  'clock',
  'disk',
] as const;

export type FaultKind = (typeof faultKinds)[number];

/** A service process: its service and its number, from 0. */
export interface Victim {
  readonly service: DataPlaneName;
  readonly number: number;
}

export type Fault =
  /** SIGKILL; started again after `downMs`. */
  | { readonly kind: 'kill'; readonly victim: Victim; readonly downMs: number }
  /** Killed and started so that it kills itself when it passes the point for the n-th time. */
  | { readonly kind: 'crash'; readonly victim: Victim; readonly point: CrashPoint; readonly nth: number }
  /** SIGSTOP, then SIGCONT. */
  | { readonly kind: 'pause'; readonly victim: Victim; readonly forMs: number }
  /** SIGTERM of every instance of a service, one after another, each started again. */
  | { readonly kind: 'restart'; readonly service: DataPlaneName }
  /** One more member joins and leaves: cleanly, or by SIGKILL. */
  | { readonly kind: 'rebalance'; readonly service: DataPlaneName; readonly forMs: number; readonly leaves: 'cleanly' | 'killed' }
  /** SIGKILL of the broker that leads the partition. */
  | { readonly kind: 'broker'; readonly topic: string; readonly partition: number; readonly downMs: number }
  /** Every partition gets another leader. */
  | { readonly kind: 'leaders' }
  | { readonly kind: 'registry'; readonly downMs: number }
  | { readonly kind: 'proxy'; readonly rules: readonly ProxyRule[]; readonly forMs: number }
  /** Started again under a clock that is wrong by so much, and later under the right one. */
  | { readonly kind: 'clock'; readonly victim: Victim; readonly aheadMs: number; readonly forMs: number }
  /** The disk of the one broker whose disk is small fills up and is freed again. */
  | { readonly kind: 'disk'; readonly forMs: number };

export interface PlannedFault {
  /** Since the first notification. */
  readonly atMs: number;
  readonly fault: Fault;
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
const nameOf = ({ service, number }: Victim): string => `${service}-${number + 1}`;

/** The fault on one line. */
export function describeFault(fault: Fault): string {
  switch (fault.kind) {
    case 'kill':
      return `kill -9 ${nameOf(fault.victim)}, down for ${seconds(fault.downMs)}`;
    case 'crash':
      return `kill -9 ${nameOf(fault.victim)} at ${fault.point}:${fault.nth}`;
    case 'pause':
      return `SIGSTOP ${nameOf(fault.victim)} for ${seconds(fault.forMs)}`;
    case 'restart':
      return `rolling restart of the ${fault.service}`;
    case 'rebalance':
      return `one more ${fault.service} for ${seconds(fault.forMs)}, then ${fault.leaves === 'cleanly' ? 'SIGTERM' : 'SIGKILL'}`;
    case 'broker':
      return `kill -9 of the leader of ${fault.topic}-${fault.partition}, down for ${seconds(fault.downMs)}`;
    case 'leaders':
      return 'another leader for every partition';
    case 'registry':
      return `registry down for ${seconds(fault.downMs)}`;
    case 'proxy':
      return `${fault.rules.map(describeRule).join(' and ')} for ${seconds(fault.forMs)}`;
    case 'clock':
      return `clock of ${nameOf(fault.victim)} ${seconds(fault.aheadMs)} ahead for ${seconds(fault.forMs)}`;
    case 'disk':
      return `disk of a broker full for ${seconds(fault.forMs)}`;
    default:
      return fault satisfies never;
  }
}

function describeRule({ api, action, oneIn, delayMs }: ProxyRule): string {
  return `${action} of one in ${oneIn} ${api}${delayMs === undefined ? '' : ` by ${seconds(delayMs)}`}`;
}
