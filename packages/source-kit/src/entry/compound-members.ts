import { invalid, type MemberPlace, type MemberReader, problem, required, type ValueOf } from './member-reader.ts';

/** A list, each item read by `item`. */
export function listOf<Item>(
  item: MemberReader<Item>,
  options: { readonly min?: number; readonly max?: number } = {},
): MemberReader<readonly Item[]> {
  const { min = 0, max = 1000 } = options;
  return required((value, place) => {
    if (!Array.isArray(value) || value.length < min || value.length > max) {
      return problem(place, `must be a list of ${min} to ${max} items`, value);
    }
    const items = value.map((member: unknown, index) => readMember(item, member, { ...place, path: `${place.path}[${index}]` }));
    return items.includes(invalid) ? invalid : (items as readonly Item[]);
  });
}

/** A map from any non-empty name, each value read by `item`. */
export function mapOf<Item>(item: MemberReader<Item>): MemberReader<Readonly<Record<string, Item>>> {
  return required((value, place) => {
    if (!isPlainObject(value)) return problem(place, 'must be an object', value);
    const entries = Object.entries(value).map(([name, member]) => [name, readMember(item, member, inside(place, name))] as const);
    if (entries.some(([, member]) => member === invalid)) return invalid;
    return Object.fromEntries(entries) as Readonly<Record<string, Item>>;
  });
}

/** An object with these members and no others. */
export function objectOf<const Readers extends Readonly<Record<string, MemberReader<unknown>>>>(
  readers: Readers,
): MemberReader<{ readonly [Name in keyof Readers]: ValueOf<Readers[Name]> }> {
  return required((value, place) => {
    if (!isPlainObject(value)) return problem(place, 'must be an object', value);
    const unknownNames = Object.keys(value).filter((name) => !Object.hasOwn(readers, name));
    for (const name of unknownNames) problem(inside(place, name), `is not a member here; known are ${Object.keys(readers).join(', ')}`);
    const members = Object.entries(readers).map(([name, reader]) => {
      const member = Object.hasOwn(value, name) ? value[name] : undefined;
      return [name, readMember(reader, member, inside(place, name))] as const;
    });
    if (unknownNames.length > 0 || members.some(([, member]) => member === invalid)) return invalid;
    return Object.fromEntries(members) as { readonly [Name in keyof Readers]: ValueOf<Readers[Name]> };
  });
}

function readMember<Value>(reader: MemberReader<Value>, value: unknown, place: MemberPlace): Value | typeof invalid {
  return value === undefined || value === null ? reader.fallback(place) : reader.read(value, place);
}

function inside(place: MemberPlace, name: string): MemberPlace {
  const step = /^[A-Za-z0-9_-]+$/.test(name) ? name : JSON.stringify(name);
  return { ...place, path: place.path === '' ? step : `${place.path}.${step}` };
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
