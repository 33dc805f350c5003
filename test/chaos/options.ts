import { parseArgs } from 'node:util';
import { type FaultKind, faultKinds } from './faults/fault.ts';

export interface ChaosOptions {
  /** The load and the faults follow from it. */
  readonly seed: number;
  readonly notifications: number;
  /** kill -9 of services, those at named points included. */
  readonly kills: number;
  /** Notifications a second. */
  readonly rate: number;
  /** Of each service. */
  readonly instances: number;
  readonly faults: readonly FaultKind[];
  /** Each so many-th notification becomes an event that 300 installs receive: its fan-out takes several transactions. */
  readonly largeEvery: number;
  /**
   * In place of the faults: every second end of a transaction comes to harm for the whole run, and normalizers wait a second for it.
   * `blind` ones then repeat the request, which shows as broken promises: the run ends with 1 then, as it should.
   */
  readonly endTxn: 'as usual' | 'harmed' | 'blind';
  /** Keeps the directory of the run whatever comes of it. */
  readonly keep: boolean;
}

const usage = `Usage: npm run chaos -- [--seed S] [--notifications N] [--kills K] [--rate R] [--instances N] [--faults LIST] [--large-every N] [--end-txn harmed|blind] [--keep]
  LIST: ${faultKinds.join(',')} (default: all), or none`;

const DEFAULTS = { notifications: 8_000, kills: 8, rate: 100, instances: 2, largeEvery: 160 };

type WholeOption = 'seed' | 'notifications' | 'kills' | 'rate' | 'instances' | 'large-every';

/** Throws RangeError with the usage. */
export function readOptions(args: readonly string[]): ChaosOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string' },
      notifications: { type: 'string' },
      kills: { type: 'string' },
      rate: { type: 'string' },
      instances: { type: 'string' },
      faults: { type: 'string' },
      'large-every': { type: 'string' },
      'end-txn': { type: 'string' },
      keep: { type: 'boolean', default: false },
    },
  });
  const whole = (name: WholeOption, fallback: number, least: number): number => {
    const text = values[name];
    if (text === undefined) return fallback;
    if (!/^\d{1,9}$/.test(text) || Number(text) < least)
      throw new RangeError(`--${name} must be a whole number from ${least} on\n${usage}`);
    return Number(text);
  };
  return {
    seed: whole('seed', Math.floor(Math.random() * 1_000_000), 0),
    notifications: whole('notifications', DEFAULTS.notifications, 1),
    kills: whole('kills', DEFAULTS.kills, 0),
    rate: whole('rate', DEFAULTS.rate, 1),
    instances: whole('instances', DEFAULTS.instances, 1),
    faults: values['end-txn'] === undefined ? readKinds(values.faults) : [],
    largeEvery: whole('large-every', DEFAULTS.largeEvery, 1),
    endTxn: readEndTxn(values['end-txn']),
    keep: values.keep,
  };
}

function readEndTxn(text: string | undefined): ChaosOptions['endTxn'] {
  if (text === undefined) return 'as usual';
  if (text === 'harmed' || text === 'blind') return text;
  throw new RangeError(`--end-txn must be harmed or blind\n${usage}`);
}

function readKinds(text: string | undefined): readonly FaultKind[] {
  if (text === undefined) return faultKinds;
  if (text === 'none') return [];
  return text.split(',').map((name) => {
    const kind = faultKinds.find((known) => known === name);
    if (kind === undefined) throw new RangeError(`there is no fault ${name}\n${usage}`);
    return kind;
  });
}
