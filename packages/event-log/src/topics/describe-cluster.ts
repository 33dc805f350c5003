import type { KafkaClient } from '../kafkajs/client/client.ts';

/** Which cluster it is, for operators to see before they change it. */
export interface ClusterDescription {
  readonly clusterId: string;
  /** `host:port` of every broker, as the cluster advertises it. */
  readonly brokers: readonly string[];
}

/** Asks the cluster who it is. Rejects when no broker responds. */
export async function describeCluster(client: KafkaClient): Promise<ClusterDescription> {
  const admin = client.open().admin();
  await admin.connect();
  try {
    const { clusterId, brokers } = await admin.describeCluster();
    return { clusterId, brokers: brokers.map(({ host, port }) => `${host}:${port}`) };
  } finally {
    await admin.disconnect();
  }
}
