import { parseArgs } from 'node:util';

export interface UpgradeOptions {
  /** The load follows from it. */
  readonly seed: number;
  /** Notifications a second. */
  readonly rate: number;
  /** How long traffic passes at the end of each step, in milliseconds. */
  readonly trafficMs: number;
  /** Delivery goes back while events arrive, which docs/upgrading.md does not allow: to see what that costs. */
  readonly hurried: boolean;
  /** Prints JSON texts, one a line. */
  readonly json: boolean;
  /** Keeps evidence and logs although there are no violations. */
  readonly keep: boolean;
}

const usage = 'Usage: npm run upgrade -- [--seed S] [--rate N] [--seconds N] [--hurried] [--json] [--keep]';

/** Throws RangeError with the usage. */
export function readOptions(args: readonly string[]): UpgradeOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string' },
      rate: { type: 'string' },
      seconds: { type: 'string' },
      hurried: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
    },
  });
  const whole = (name: 'seed' | 'rate' | 'seconds', fallback: number, least: number): number => {
    const text = values[name];
    if (text === undefined) return fallback;
    if (!/^\d{1,9}$/.test(text) || Number(text) < least)
      throw new RangeError(`--${name} must be a whole number from ${least} on (got ${text})\n${usage}`);
    return Number(text);
  };
  return {
    seed: whole('seed', Math.floor(Math.random() * 1_000_000), 0),
    rate: whole('rate', 40, 1),
    trafficMs: whole('seconds', 10, 0) * 1_000,
    hurried: values.hurried,
    json: values.json,
    keep: values.keep,
  };
}
