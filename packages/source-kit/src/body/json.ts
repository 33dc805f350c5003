import { isLargeNumber } from './large-numbers.ts';

/** A parsed JSON value; never changed in place. Raw JSON, a whole number with too many digits, is none of these to the checks below. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
/** Members are own properties only, `__proto__` among them: read them through the accessors or `Object.hasOwn`. */
export type JsonObject = { readonly [name: string]: Json };

/** Steps from a value to a value inside it: member names and list indexes. */
export type JsonPath = readonly (string | number)[];

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isLargeNumber(value);
}

export function isJsonList(value: unknown): value is readonly Json[] {
  return Array.isArray(value);
}

/** The value at the path; undefined where a step leads nowhere. Inherited properties are never seen. */
export function valueAt(value: Json | undefined, ...path: JsonPath): Json | undefined {
  let at = value;
  for (const step of path) {
    if (typeof step === 'number') at = isJsonList(at) ? at[step] : undefined;
    else at = isJsonObject(at) && Object.hasOwn(at, step) ? at[step] : undefined;
    if (at === undefined) return undefined;
  }
  return at;
}

/** The string at the path, as sent; undefined for another type. */
export function textAt(value: Json | undefined, ...path: JsonPath): string | undefined {
  const found = valueAt(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

/** The list at the path; empty for another type. */
export function listAt(value: Json | undefined, ...path: JsonPath): readonly Json[] {
  const found = valueAt(value, ...path);
  return isJsonList(found) ? found : [];
}
