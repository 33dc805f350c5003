/** The outcome of one promise. */
export interface Verdict {
  readonly promise: string;
  /** How many things were looked at. */
  readonly checked: number;
  /** Each names what is wrong; at most a few are printed. */
  readonly violations: readonly string[];
  /** Figures worth printing beside. */
  readonly figures: Readonly<Record<string, number>>;
}

const SHOWN = 5;

/** One line a promise; further lines name the first violations. */
export function printVerdict({ promise, checked, violations, figures }: Verdict): string {
  const numbers = Object.entries(figures).map(([name, value]) => `${value} ${name}`);
  const head = `${violations.length === 0 ? 'kept  ' : 'BROKEN'} ${promise}: ${[`${checked} checked`, `${violations.length} violations`, ...numbers].join(', ')}`;
  const more = violations.length > SHOWN ? [`         … and ${violations.length - SHOWN} more`] : [];
  return [head, ...violations.slice(0, SHOWN).map((violation) => `         ${violation}`), ...more].join('\n');
}

/** Values by key, in order. */
export function groupBy<Value>(values: readonly Value[], keyOf: (value: Value) => string): Map<string, Value[]> {
  const groups = new Map<string, Value[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return groups;
}

export function positionOf({
  topic,
  partition,
  offset,
}: {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}): string {
  return `${topic}-${partition}-${offset}`;
}
