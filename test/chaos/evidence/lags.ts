import type { LagFact, PositionFact } from '../checker/facts.ts';

export interface CommittedOffset extends PositionFact {
  readonly group: string;
}

/** How far each group is from the last record of each partition that holds one. */
export function lagsOf(
  groups: Readonly<Record<string, readonly string[]>>,
  records: readonly PositionFact[],
  committed: readonly CommittedOffset[],
): LagFact[] {
  const ends = new Map<string, PositionFact>();
  for (const record of records) {
    const key = `${record.topic}-${record.partition}`;
    if (record.offset >= (ends.get(key)?.offset ?? -1)) ends.set(key, record);
  }
  const offsets = new Map(committed.map(({ group, topic, partition, offset }) => [`${group} ${topic}-${partition}`, offset]));
  return Object.entries(groups).flatMap(([group, topics]) =>
    [...ends.values()]
      .filter(({ topic }) => topics.includes(topic))
      .map(({ topic, partition, offset }) => ({
        group,
        topic,
        partition,
        committed: offsets.get(`${group} ${topic}-${partition}`) ?? null,
        end: offset + 1,
      })),
  );
}
