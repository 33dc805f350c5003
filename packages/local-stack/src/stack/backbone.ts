import { registerSchemas, topics } from '@switchboard/contracts';
import { createKafkaLog } from '@switchboard/event-log';
import { readHostEnvironment } from '../config.ts';
import { type Kafka, startKafka } from '../kafka/start-kafka.ts';
import { type Registry, startRegistry } from '../registry/start-registry.ts';
import type { stackFiles } from './stack-files.ts';

export interface BackboneOptions {
  readonly files: Pick<ReturnType<typeof stackFiles>, 'kafka' | 'registry'>;
  readonly cacheDir?: string | undefined;
  readonly kafkaPort?: number | undefined;
  readonly registryPort?: number | undefined;
  /** Default: KAFKA_BROKERS of the environment; where that is absent too, a broker is started. `[]` always starts one. */
  readonly kafkaBrokers?: readonly string[] | undefined;
  /** Default: SCHEMA_REGISTRY_URL of the environment; where that is absent too, a registry is started. '' always starts one. */
  readonly schemaRegistryUrl?: string | undefined;
  readonly report?: ((line: string) => void) | undefined;
}

/** Kafka and the registry with every topic and schema in place: started here, or given. */
export interface Backbone {
  readonly brokers: readonly string[];
  readonly registryUrl: string;
  /** Undefined when brokers were given. */
  readonly kafka: Kafka | undefined;
  /** Undefined when a registry was given. */
  readonly registry: Registry | undefined;
  stop(): Promise<void>;
}

/** Starts both side by side, then creates and checks topics and registers schemas. Whatever fails, nothing stays running. */
export async function startBackbone(options: BackboneOptions): Promise<Backbone> {
  const host = readHostEnvironment();
  const givenBrokers = options.kafkaBrokers ?? host.kafkaBrokers ?? [];
  const givenRegistry = options.schemaRegistryUrl ?? host.schemaRegistryUrl ?? '';
  const { cacheDir, report } = options;

  const [kafka, registry] = await Promise.allSettled([
    givenBrokers.length > 0 ? undefined : startKafka({ dataDir: options.files.kafka, cacheDir, port: options.kafkaPort, report }),
    givenRegistry !== '' ? undefined : startRegistry({ dataDir: options.files.registry, cacheDir, port: options.registryPort, report }),
  ]);
  const started = {
    kafka: kafka.status === 'fulfilled' ? kafka.value : undefined,
    registry: registry.status === 'fulfilled' ? registry.value : undefined,
  };
  const stop = async (): Promise<void> => {
    await Promise.all([started.kafka?.stop(), started.registry?.stop()]);
  };
  const brokers = started.kafka?.brokers ?? givenBrokers;
  const registryUrl = started.registry?.url ?? givenRegistry;
  try {
    if (kafka.status === 'rejected') throw kafka.reason;
    if (registry.status === 'rejected') throw registry.reason;
    await applyContracts(brokers, registryUrl);
    return { brokers, registryUrl, ...started, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function applyContracts(brokers: readonly string[], registryUrl: string): Promise<void> {
  const log = createKafkaLog({ brokers: [...brokers], clientId: 'switchboard-local-stack' });
  await Promise.all([log.applyTopics(Object.values(topics)), registerSchemas({ registryUrl })]);
}
