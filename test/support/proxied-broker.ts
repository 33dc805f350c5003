import { createKafkaLog, type KafkaLog } from '../../packages/event-log/src/kafka-log.ts';
import { createClient, type KafkaClient } from '../../packages/event-log/src/kafkajs/client/client.ts';
import { startCluster } from '../../packages/local-stack/src/index.ts';
import { type KafkaProxy, startKafkaProxy } from './kafka-proxy.ts';

/** One broker, and what reaches it only through a proxy. */
export interface ProxiedBroker {
  readonly proxy: KafkaProxy;
  readonly client: KafkaClient;
  readonly log: KafkaLog;
  stop(): Promise<void>;
}

export async function startProxiedBroker(): Promise<ProxiedBroker> {
  const proxy = await startKafkaProxy({ brokers: 1, seed: 1 });
  const cluster = await startCluster({ size: 1, advertisedPorts: proxy.ports });
  proxy.connectTo(cluster.proxiedPorts);
  const options = { brokers: proxy.ports.map((port) => `127.0.0.1:${port}`), clientId: 'test' };
  return {
    proxy,
    client: createClient(options),
    log: createKafkaLog(options),
    async stop() {
      proxy.setRules([]);
      await cluster.close();
      await proxy.stop();
    },
  };
}
