/**
 * Reader of an open enum: senders write the same value in lower camel, Pascal or other case. Gives the canonical
 * spelling of a known value; undefined for an unknown one, whose text the caller keeps as sent.
 */
export function openEnum<const Value extends string>(values: readonly Value[]): (text: string | undefined) => Value | undefined {
  const canonical = new Map(values.map((value) => [value.toLowerCase(), value]));
  return (text) => (text === undefined ? undefined : canonical.get(text.toLowerCase()));
}
