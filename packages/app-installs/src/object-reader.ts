import { type InstallProblem, type InstallProblemCode, memberPath, shown } from './install-problem.ts';
import type { ProblemList } from './problem-list.ts';

/** Reads the members of one JSON object and adds every problem to a list. A member with a problem reads as undefined. */
export interface ObjectReader {
  readonly path: string;
  has(name: string): boolean;
  value(name: string): unknown;
  string(name: string, rule?: { readonly maxLength: number }): string | undefined;
  boolean(name: string): boolean | undefined;
  integer(name: string, rule: { readonly min: number; readonly max: number }): number | undefined;
  positiveNumber(name: string, rule: { readonly max: number }): number | undefined;
  oneOf<const T extends string>(name: string, values: readonly T[]): T | undefined;
  strings(name: string, rule: { readonly maxItems: number }): readonly string[] | undefined;
  object(name: string): ObjectReader | undefined;
  objects(name: string, rule: { readonly maxItems: number }): readonly ObjectReader[];
  /** Adds a problem if a mandatory member is absent. */
  require(name: string, what: string): void;
  /** Adds a problem for every member that is not in the list. */
  only(names: readonly string[]): void;
  names(): readonly string[];
  problem(code: InstallProblemCode, name: string, message: string): void;
}

type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const controlCharacters = /\p{Cc}/u;

export function readObject(value: JsonObject, path: string, problems: ProblemList<InstallProblem>): ObjectReader {
  const member = (name: string) => memberPath(path, name);
  const add = (code: InstallProblemCode, name: string, message: () => string) => {
    problems.add(() => ({ code, member: member(name), message: `${member(name)} ${message()}` }));
  };
  const problem = (code: InstallProblemCode, name: string, message: string) => add(code, name, () => message);
  const wrong = (name: string, type: string) => {
    add('ERR_INSTALL_WRONG_TYPE', name, () => `must be ${type}, not ${shown(value[name])}`);
    return undefined;
  };
  const outside = (name: string, rule: string) => {
    add('ERR_INSTALL_OUT_OF_RANGE', name, () => `must be ${rule}, not ${shown(value[name])}`);
    return undefined;
  };
  const has = (name: string) => Object.hasOwn(value, name);

  return {
    path,
    has,
    value: (name) => (has(name) ? value[name] : undefined),
    names: () => Object.keys(value),
    problem,
    require: (name, what) => {
      if (!has(name)) problem('ERR_INSTALL_MISSING', name, `is mandatory: ${what}`);
    },
    only: (names) => {
      for (const name of Object.keys(value)) {
        if (names.includes(name)) continue;
        add('ERR_INSTALL_UNKNOWN_MEMBER', name, () => `is not a member here; members are ${names.join(', ')}`);
      }
    },
    string: (name, rule = { maxLength: 2_048 }) => {
      if (!has(name)) return undefined;
      const text = value[name];
      if (typeof text !== 'string') return wrong(name, 'a string');
      const fits = text.length >= 1 && text.length <= rule.maxLength && !controlCharacters.test(text);
      return fits ? text : outside(name, `1 to ${rule.maxLength} characters without control characters`);
    },
    boolean: (name) => {
      if (!has(name)) return undefined;
      const flag = value[name];
      return typeof flag === 'boolean' ? flag : wrong(name, 'a boolean');
    },
    integer: (name, { min, max }) => {
      if (!has(name)) return undefined;
      const number = value[name];
      if (typeof number !== 'number') return wrong(name, 'an integer');
      return Number.isInteger(number) && number >= min && number <= max ? number : outside(name, `an integer from ${min} to ${max}`);
    },
    positiveNumber: (name, { max }) => {
      if (!has(name)) return undefined;
      const number = value[name];
      if (typeof number !== 'number') return wrong(name, 'a number');
      return number > 0 && number <= max ? number : outside(name, `a number above 0 and up to ${max}`);
    },
    oneOf: (name, values) => {
      if (!has(name)) return undefined;
      const text = value[name];
      if (typeof text !== 'string') return wrong(name, 'a string');
      return values.find((one) => one === text) ?? outside(name, values.map((one) => JSON.stringify(one)).join(' or '));
    },
    strings: (name, { maxItems }) => {
      if (!has(name)) return undefined;
      const list = value[name];
      if (!Array.isArray(list)) return wrong(name, 'an array of strings');
      const texts = list.filter((item): item is string => typeof item === 'string' && item.length >= 1 && item.length <= 512);
      if (texts.length !== list.length) return wrong(name, 'an array of strings of 1 to 512 characters');
      if (texts.length < 1 || texts.length > maxItems) return outside(name, `an array of 1 to ${maxItems} strings`);
      return [...new Set(texts)];
    },
    object: (name) => {
      if (!has(name)) return undefined;
      const inner = value[name];
      return isJsonObject(inner) ? readObject(inner, member(name), problems) : wrong(name, 'an object');
    },
    objects: (name, { maxItems }) => {
      if (!has(name)) return [];
      const list = value[name];
      if (!Array.isArray(list) || !list.every(isJsonObject)) {
        wrong(name, 'an array of objects');
        return [];
      }
      if (list.length > maxItems) outside(name, `an array of at most ${maxItems} objects`);
      return list.slice(0, maxItems).map((item, index) => readObject(item, memberPath(member(name), index), problems));
    },
  };
}
