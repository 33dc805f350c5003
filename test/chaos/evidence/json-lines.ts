import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** The values of a file with one JSON text a line; a last line that is not whole yet is left out. */
export async function* readJsonLines<Value>(file: string): AsyncGenerator<Value> {
  let waiting: string | undefined;
  for await (const line of createInterface({ input: createReadStream(file) })) {
    if (waiting !== undefined) yield JSON.parse(waiting) as Value;
    waiting = line;
  }
  if (waiting === undefined || waiting === '') return;
  let last: Value;
  try {
    last = JSON.parse(waiting) as Value;
  } catch {
    return;
  }
  yield last;
}

/** What `pick` makes of each value. */
export async function collectLines<Value, Item>(file: string, pick: (value: Value) => Item): Promise<Item[]> {
  const items: Item[] = [];
  for await (const value of readJsonLines<Value>(file)) items.push(pick(value));
  return items;
}
