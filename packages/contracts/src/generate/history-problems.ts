/** Texts of history files by the name of their record. */
export type Histories = ReadonlyMap<string, string>;

/**
 * What is wrong with the histories of the schemas: each record has one, each belongs to a record, and of what was committed
 * nothing is gone or rewritten, for records with those schemas stay in the topics.
 */
export function historyProblems(records: readonly string[], present: Histories, committed: readonly Histories[]): readonly string[] {
  const known = new Set(records);
  const names = new Set([...present.keys(), ...committed.flatMap((histories) => [...histories.keys()])]);
  return [
    ...records.filter((name) => !present.has(name)).map((name) => `${name} has a schema and no history`),
    ...[...names].filter((name) => !known.has(name)).map((name) => `${name} has a history and no schema`),
    ...records.filter((name) => committed.some((histories) => !continues(present.get(name), histories.get(name)))).map(rewritten),
  ];
}

const rewritten = (name: string): string => `${name}: its history does not begin with the committed one`;

function continues(present: string | undefined, committed: string | undefined): boolean {
  if (committed === undefined || present === undefined) return true;
  const versions = versionsIn(present);
  return versionsIn(committed).every((version, index) => version === versions[index]);
}

function versionsIn(text: string): readonly string[] {
  return (JSON.parse(text) as readonly unknown[]).map((version) => JSON.stringify(version));
}
