import { join } from 'node:path';
import { type Codec, connectCodec, registerSchemas, topics } from '@switchboard/contracts';
import { createKafkaLog, type OutRecord } from '@switchboard/event-log';
import { type Cluster, type Registry, startCluster, startRegistry } from '@switchboard/local-stack';
import { startWorker, type Worker } from '../../bench/support/rpc.ts';
import type { ProxyCalls } from './proxy-main.ts';

/** Three brokers behind the proxy, and a registry, with every topic and schema in place. */
export interface Backbone {
  readonly cluster: Cluster;
  readonly registry: Registry;
  readonly proxy: Worker<ProxyCalls>;
  /** Brokers as the services reach them. */
  readonly proxied: readonly string[];
  readonly codec: Codec;
  /** Throws unless all are acknowledged. */
  append(records: readonly OutRecord[]): Promise<void>;
  stop(): Promise<void>;
}

export interface BackboneOptions {
  readonly directory: string;
  readonly seed: number;
  readonly report: (line: string) => void;
}

const BROKERS = 3;

export async function startBackbone({ directory, seed, report }: BackboneOptions): Promise<Backbone> {
  const undo: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step().catch((error: unknown) => report(String(error)));
  };
  try {
    const proxy = startWorker<ProxyCalls>(new URL('./proxy-main.ts', import.meta.url));
    undo.push(() => proxy.stop());
    const advertisedPorts = await proxy.call('start', { brokers: BROKERS, seed });
    const [cluster, registry] = await Promise.allSettled([
      startCluster({ size: BROKERS, dataDir: join(directory, 'kafka'), advertisedPorts, report }),
      startRegistry({ dataDir: join(directory, 'registry'), report }),
    ]);
    if (cluster.status === 'fulfilled') undo.push(() => cluster.value.close());
    if (registry.status === 'fulfilled') undo.push(() => registry.value.stop());
    if (cluster.status === 'rejected') throw cluster.reason;
    if (registry.status === 'rejected') throw registry.reason;
    await proxy.call('connectTo', cluster.value.proxiedPorts);
    const log = createKafkaLog({ brokers: cluster.value.brokers, clientId: 'chaos' });
    await Promise.all([log.applyTopics(Object.values(topics)), registerSchemas({ registryUrl: registry.value.url })]);
    const proxied = advertisedPorts.map((port) => `127.0.0.1:${port}`);
    const codec = await connectCodec({ registryUrl: registry.value.url });
    const append = async (records: readonly OutRecord[]): Promise<void> => {
      const appender = await log.appender();
      const outcomes = await Promise.all(records.map((record) => appender.append(record)));
      await appender.stop();
      for (const outcome of outcomes) if (!outcome.ok) throw new Error(`a record was not appended: ${outcome.code}`);
    };
    return { cluster: cluster.value, registry: registry.value, proxy, proxied, codec, append, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
