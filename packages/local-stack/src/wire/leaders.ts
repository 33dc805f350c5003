import { createWriter } from './bytes.ts';
import type { PartitionState } from './metadata.ts';
import { askBroker } from './request.ts';

const ELECTION_NOT_NEEDED = 84;
const PREFERRED = 0;
const TIMEOUT_MS = 15_000;

/** Replicas in the order that a partition is to have; the first is the preferred leader. */
export interface Placement extends Pick<PartitionState, 'topic' | 'partition'> {
  readonly replicas: readonly number[];
}

/** Sets the order of replicas. Throws with Kafka's error code. */
export async function placeReplicas(port: number, placements: readonly Placement[]): Promise<void> {
  const body = createWriter()
    .int32(TIMEOUT_MS)
    .compactArray(byTopic(placements), (writer, [topic, partitions]) =>
      writer
        .compactString(topic)
        .compactArray(partitions, (inner, { partition, replicas }) =>
          inner
            .int32(partition)
            .compactArray(replicas, (list, id) => list.int32(id))
            .noTags(),
        )
        .noTags(),
    )
    .noTags()
    .bytes();
  const answer = await askBroker(port, { apiKey: 45, apiVersion: 0, flexible: true, body }, TIMEOUT_MS);
  answer.int32();
  const errors = [answer.int16()];
  answer.compactString();
  answer.compactArray(() => {
    answer.compactString();
    answer.compactArray(() => {
      answer.int32();
      errors.push(answer.int16());
      answer.compactString();
      answer.tags();
    });
    answer.tags();
  });
  refuse('the order of replicas was not changed', errors);
}

/** Makes the preferred replica of each partition its leader. Throws with Kafka's error code. */
export async function electPreferred(port: number, partitions: readonly Placement[]): Promise<void> {
  const body = createWriter()
    .int8(PREFERRED)
    .array(byTopic(partitions), (writer, [topic, items]) =>
      writer.string(topic).array(items, (inner, { partition }) => inner.int32(partition)),
    )
    .int32(TIMEOUT_MS)
    .bytes();
  const answer = await askBroker(port, { apiKey: 43, apiVersion: 1, flexible: false, body }, TIMEOUT_MS);
  answer.int32();
  const errors = [answer.int16()];
  answer.array(() => {
    answer.string();
    answer.array(() => {
      answer.int32();
      errors.push(answer.int16());
      answer.string();
    });
  });
  refuse(
    'the leaders were not moved',
    errors.filter((error) => error !== ELECTION_NOT_NEEDED),
  );
}

function byTopic(placements: readonly Placement[]): (readonly [string, readonly Placement[]])[] {
  return [...Map.groupBy(placements, (placement) => placement.topic)];
}

function refuse(what: string, errors: readonly number[]): void {
  const error = errors.find((code) => code !== 0);
  if (error !== undefined) throw new Error(`${what}: Kafka's error code ${error}`);
}
