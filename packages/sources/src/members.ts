import { type Json, type JsonObject, type JsonPath, remainder, valueAt } from '@switchboard/source-kit';

export { isJsonList as isList, isJsonObject as isObject, type Json, type JsonObject } from '@switchboard/source-kit';

/**
 * Reads members of a parsed JSON object and remembers which were taken, so that `rest` is exactly what no field
 * holds. A member of another type than asked for is not taken and stays in the rest. Never changes the object.
 */
export interface Members {
  /** A member as it is, without taking it. */
  peek(...path: JsonPath): Json | undefined;
  peekText(...path: JsonPath): string | null;
  /** A member as it is, taken with all that is in it. */
  take(...path: JsonPath): Json | undefined;
  takeText(...path: JsonPath): string | null;
  takeNumber(...path: JsonPath): number | null;
  takeBoolean(...path: JsonPath): boolean | null;
  /** All that was not taken; what taking emptied is left out, what the sender sent empty stays. */
  rest(): JsonObject;
}

export function readMembers(root: JsonObject): Members {
  const taken: JsonPath[] = [];
  const takeIf = <T extends Json>(path: JsonPath, accepts: (value: Json) => value is T): T | null => {
    const value = valueAt(root, ...path);
    if (value === undefined || !accepts(value)) return null;
    taken.push(path);
    return value;
  };
  return {
    peek: (...path) => valueAt(root, ...path),
    peekText: (...path) => {
      const value = valueAt(root, ...path);
      return typeof value === 'string' ? value : null;
    },
    take: (...path) => {
      const value = valueAt(root, ...path);
      if (value !== undefined) taken.push(path);
      return value;
    },
    takeText: (...path) => takeIf(path, (value) => typeof value === 'string'),
    takeNumber: (...path) => takeIf(path, (value) => typeof value === 'number'),
    takeBoolean: (...path) => takeIf(path, (value) => typeof value === 'boolean'),
    rest: () => remainder(root, taken),
  };
}
