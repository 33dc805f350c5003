import { createWriter } from './bytes.ts';
import { askBroker } from './request.ts';

export interface PartitionState {
  readonly topic: string;
  readonly partition: number;
  /** Id of the broker that leads it; -1 when none does. */
  readonly leader: number;
  readonly replicas: readonly number[];
  readonly inSync: readonly number[];
}

export interface ClusterState {
  readonly clusterId: string;
  /** Ids of the brokers that are registered and not fenced. */
  readonly brokers: readonly number[];
  readonly partitions: readonly PartitionState[];
}

/** What the broker at the port knows of the cluster: of all topics, or of the one named. */
export async function readMetadata(port: number, topic?: string): Promise<ClusterState> {
  const body = createWriter()
    .array(topic === undefined ? null : [topic], (writer, name) => writer.string(name))
    .int8(0);
  const answer = await askBroker(port, { apiKey: 3, apiVersion: 6, flexible: false, body: body.bytes() });
  answer.int32();
  const brokers = answer.array(() => {
    const id = answer.int32();
    answer.string();
    answer.int32();
    answer.string();
    return id;
  });
  const clusterId = answer.string() ?? '';
  answer.int32();
  const partitions = answer.array(() => {
    answer.int16();
    const name = answer.string() ?? '';
    answer.int8();
    return answer.array(() => {
      answer.int16();
      const partition = answer.int32();
      const leader = answer.int32();
      const replicas = answer.array(() => answer.int32());
      const inSync = answer.array(() => answer.int32());
      answer.array(() => answer.int32());
      return { topic: name, partition, leader, replicas, inSync };
    });
  });
  return { clusterId, brokers, partitions: partitions.flat() };
}
