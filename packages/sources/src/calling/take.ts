import type { Json } from '@switchboard/source-kit';
import type { Members } from '../members.ts';
import { canonical } from './enums.ts';

type Path = readonly (string | number)[];

const int32Bound = 2 ** 31;

/** A text that says something; an empty one stays in the rest. */
export function takeName(members: Members, ...path: Path): string | null {
  return members.peekText(...path) === '' ? null : members.takeText(...path);
}

/** An enum value in its canonical spelling. */
export function takeEnum(members: Members, known: readonly string[], ...path: Path): string | null {
  const value = takeName(members, ...path);
  return value === null ? null : canonical(value, known);
}

/** A number that a 32-bit field holds without loss. */
export function takeInt32(members: Members, ...path: Path): number | null {
  const value = members.peek(...path);
  if (!isWhole(value) || value < -int32Bound || value >= int32Bound) return null;
  return members.takeNumber(...path);
}

/** A whole number that JavaScript holds without loss. */
export function takeWhole(members: Members, ...path: Path): number | null {
  return isWhole(members.peek(...path)) ? members.takeNumber(...path) : null;
}

/** A list of enum values; one that holds anything else stays in the rest as a whole. */
export function takeEnums(members: Members, known: readonly string[], ...path: Path): string[] {
  const value = members.peek(...path);
  if (!Array.isArray(value) || value.length === 0 || !value.every(isFilledText)) return [];
  members.take(...path);
  return value.map((name) => canonical(name, known));
}

/** JSON text of a nested object or list. */
export function takeJson(members: Members, ...path: Path): string | null {
  const value = members.peek(...path);
  if (typeof value !== 'object' || value === null) return null;
  members.take(...path);
  return JSON.stringify(value);
}

function isFilledText(value: Json): value is string {
  return typeof value === 'string' && value !== '';
}

function isWhole(value: Json | undefined): value is number {
  return Number.isSafeInteger(value) && !Object.is(value, -0);
}
