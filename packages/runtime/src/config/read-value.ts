import type { ParsedText, Variable } from './variable.ts';

type Value = string | number | boolean | readonly string[];

export type ValueOutcome = ParsedText<unknown>;

const DURATION = /^(\d+)(ms|s|min|h|d)?$/;
const DURATION_RULE = 'must be a duration in milliseconds, or with a unit: 500ms, 10s, 2min, 1h';
const UNLIMITED = 'unlimited';
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, min: 60_000, h: 3_600_000, d: 86_400_000 };
const TRUE = new Set(['true', '1', 'yes', 'on']);
const FALSE = new Set(['false', '0', 'no', 'off']);

function accept(value: Value): ValueOutcome {
  return { ok: true, value };
}

function refuse(rule: string): ValueOutcome {
  return { ok: false, rule };
}

function readNumber(text: string, variable: Extract<Variable, { type: 'int' | 'duration' }>): ValueOutcome {
  if (variable.unlimited === true && text === UNLIMITED) return accept(-1);
  let value = Number.NaN;
  if (variable.type === 'int') value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
  else {
    const match = DURATION.exec(text);
    if (match) value = Number(match[1]) * (UNIT_MS[match[2] ?? 'ms'] ?? Number.NaN);
  }
  if (!Number.isSafeInteger(value)) {
    return refuse(variable.type === 'int' ? 'must be a whole number' : `${DURATION_RULE}${variable.unlimited ? `, or ${UNLIMITED}` : ''}`);
  }
  const { min = variable.type === 'duration' ? 0 : Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = variable;
  if (value < min) return refuse(`must be at least ${min}`);
  if (value > max) return refuse(`must be at most ${max}`);
  return accept(value);
}

function readUrl(text: string, { protocols = ['http:', 'https:'], credentials }: Extract<Variable, { type: 'url' }>): ValueOutcome {
  if (!URL.canParse(text)) return refuse('must be an absolute URL');
  const url = new URL(text);
  if (!protocols.includes(url.protocol)) return refuse(`must have one of the protocols ${protocols.join(' ')}`);
  if (url.username !== '' || url.password !== '') {
    return refuse(`must hold no user name or password${credentials === undefined ? '' : `, set ${credentials} instead`}`);
  }
  return accept(url.href.replace(/\/$/, ''));
}

/** Reads the text of one variable; the rule that it breaks does not name the value. */
export function readValue(text: string, variable: Variable, isReadable: (path: string) => boolean): ValueOutcome {
  switch (variable.type) {
    case 'string':
    case 'secret':
      if (variable.pattern && !variable.pattern.test(text)) return refuse(`must match ${variable.pattern.source}`);
      return 'parse' in variable && variable.parse !== undefined ? variable.parse(text) : accept(text);
    case 'int':
    case 'duration':
      return readNumber(text, variable);
    case 'boolean': {
      const word = text.toLowerCase();
      if (TRUE.has(word)) return accept(true);
      return FALSE.has(word) ? accept(false) : refuse('must be true or false');
    }
    case 'list': {
      const items = text
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== '');
      if (items.length === 0) return refuse('must name at least one item');
      const { pattern } = variable;
      return pattern && items.some((item) => !pattern.test(item)) ? refuse(`must hold items that match ${pattern.source}`) : accept(items);
    }
    case 'url':
      return readUrl(text, variable);
    case 'file':
      return isReadable(text) ? accept(text) : refuse('must name a readable file');
    case 'enum':
      return variable.values.includes(text) ? accept(text) : refuse(`must be one of ${variable.values.join(', ')}`);
    default:
      return variable satisfies never;
  }
}
