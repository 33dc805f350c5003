import { createKafkaLog } from '@switchboard/event-log';
import { provision } from '@switchboard/provisioning';
import { readHostEnvironment } from '../config.ts';
import { type Kafka, startKafka } from '../kafka/start-kafka.ts';
import { type Registry, startRegistry } from '../registry/start-registry.ts';
import { type Access, readAccess } from './access.ts';
import type { stackFiles } from './stack-files.ts';
import { createUndoList } from './undo-list.ts';

export interface BackboneOptions {
  readonly files: Pick<ReturnType<typeof stackFiles>, 'kafka' | 'registry'>;
  readonly cacheDir?: string | undefined;
  readonly kafkaPort?: number | undefined;
  readonly registryPort?: number | undefined;
  /**
   * Default: KAFKA_BROKERS of the environment; where that is absent too, a broker is started. `[]` always starts one. The other
   * KAFKA_ variables of the environment say how given brokers are connected to.
   */
  readonly kafkaBrokers?: readonly string[] | undefined;
  /**
   * Default: SCHEMA_REGISTRY_URL of the environment; where that is absent too, a registry is started. '' always starts one.
   * SCHEMA_REGISTRY_AUTH of the environment holds for a given registry.
   */
  readonly schemaRegistryUrl?: string | undefined;
  /** Default: TOPIC_PREFIX of the environment. */
  readonly topicPrefix?: string | undefined;
  /** Whether a broker that is started compiles for speed in the long run, at the price of a slower start. Default false. */
  readonly longRunning?: boolean | undefined;
  readonly report?: ((line: string) => void) | undefined;
}

/** Kafka and the registry with every topic and schema in place: started here, or given. */
export interface Backbone {
  readonly brokers: readonly string[];
  readonly registryUrl: string;
  /** Goes before the names of topics, groups and transactional ids. */
  readonly topicPrefix: string;
  /** More variables of every process: how brokers and registry that were given are connected to, and the settings of topics. */
  readonly access: Readonly<Record<string, string>>;
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
  const { cacheDir, longRunning = false, report = () => {} } = options;
  const { topicPrefix = host.topicSettings.TOPIC_PREFIX ?? '' } = options;
  const variables = {
    ...host.topicSettings,
    TOPIC_PREFIX: topicPrefix,
    ...(givenBrokers.length > 0 ? host.kafkaAccess : {}),
    ...(givenRegistry === '' ? {} : host.registryAccess),
  };
  const access = readAccess(variables);

  const [kafka, registry] = await Promise.allSettled([
    givenBrokers.length > 0
      ? undefined
      : startKafka({ dataDir: options.files.kafka, cacheDir, port: options.kafkaPort, longRunning, report }),
    givenRegistry !== '' ? undefined : startRegistry({ dataDir: options.files.registry, cacheDir, port: options.registryPort, report }),
  ]);
  const started = {
    kafka: kafka.status === 'fulfilled' ? kafka.value : undefined,
    registry: registry.status === 'fulfilled' ? registry.value : undefined,
  };
  const undo = createUndoList();
  undo.add(
    async () => started.kafka?.stop(),
    async () => started.registry?.stop(),
  );
  const brokers = started.kafka?.brokers ?? givenBrokers;
  const registryUrl = started.registry?.url ?? givenRegistry;
  try {
    if (kafka.status === 'rejected') throw kafka.reason;
    if (registry.status === 'rejected') throw registry.reason;
    report(`Kafka is at ${brokers.join(', ')}, the schema registry at ${registryUrl}; creating topics and schemas`);
    await applyContracts(brokers, registryUrl, access);
    return { brokers, registryUrl, topicPrefix, access: variables, ...started, stop: undo.run };
  } catch (error) {
    // Why it did not start says more than why it did not end.
    await undo.run().catch(() => undefined);
    throw error;
  }
}

async function applyContracts(brokers: readonly string[], registryUrl: string, access: Access): Promise<void> {
  const log = createKafkaLog({ ...access.kafka, brokers: [...brokers], clientId: 'switchboard-local-stack' });
  const { topicPrefix } = access.kafka;
  await provision({ log, registry: { ...access.registry, registryUrl }, topics: access.topics, topicPrefix });
}
