import { readFileSync } from 'node:fs';
import { trustAuthorities } from '../authorities.ts';
import { type ConfigOutcome, type ConfigWarning, type Environment, logWarnings } from '../config/define-config.ts';
import { exitOnProblems } from '../config/exit-on-problems.ts';
import {
  type KafkaConnection,
  kafkaConnection,
  type kafkaVariables,
  type RegistryConnection,
  registryConnection,
  type registryVariables,
  type serviceVariables,
} from '../config/shared-variables.ts';
import type { ConfigOf } from '../config/variable.ts';
import { createLogger, type Logger } from '../logger.ts';
import { createMetrics } from '../metrics.ts';
import { nameAtStart, type RunningService, runService } from '../run-service.ts';
import { hostService, type ServiceContext } from './host-service.ts';

/** What the configuration of every service has. */
type ServiceConfig = ConfigOf<typeof serviceVariables & typeof kafkaVariables & typeof registryVariables> & {
  /** Port of /livez, /readyz and /metrics. */
  readonly healthPort: number;
};

/** The part of a ConfigDefinition that a start needs. */
interface ReadableConfig<Config> {
  read(environment: Environment): ConfigOutcome<Config>;
  summary(config: Config): Readonly<Record<string, unknown>>;
  warnings(config: Config): readonly ConfigWarning[];
}

export interface ServiceDefinition<Config extends ServiceConfig, Log, Registry> {
  /** One lower-case word: names log lines, metrics and Kafka clients. */
  readonly name: string;
  readonly config: ReadableConfig<Config>;
  readonly environment: Environment;
  readonly openLog: (options: KafkaConnection & { readonly clientId: string; readonly logger: Logger }) => Log;
  readonly connectRegistry: (connection: RegistryConnection) => Promise<Registry>;
  readonly start: (context: ServiceContext<Config, Log, Registry>) => Promise<RunningService>;
}

/**
 * Runs a service until its process ends: reads the configuration, or prints every problem and exits with code 1; logs it and
 * its warnings; trusts the authorities of EXTRA_CA_FILE; serves health and metrics; starts the service, and stops it on
 * SIGTERM or SIGINT.
 */
export async function startService<Config extends ServiceConfig, Log, Registry>(
  definition: ServiceDefinition<Config, Log, Registry>,
): Promise<void> {
  const { name, openLog, connectRegistry, start } = definition;
  const readText = (path: string) => readFileSync(path, 'utf8');
  const config = exitOnProblems(definition.config.read(definition.environment));
  const logger = createLogger({ service: name, level: config.logLevel });
  logger.info({ config: definition.config.summary(config) }, `${nameAtStart(name)} is starting`);
  logWarnings(definition.config.warnings(config), logger);
  await runService({
    name,
    logger,
    start: async (signal) => {
      if (config.extraCaFile !== undefined) trustAuthorities(readText(config.extraCaFile));
      return hostService({
        ...{ config, logger, signal, start },
        log: openLog({ ...kafkaConnection(config, readText), clientId: `switchboard-${name}`, logger }),
        connectRegistry: () => connectRegistry(registryConnection(config)),
        metrics: createMetrics(name),
      });
    },
  });
}
