import { resolve } from 'node:path';
import { dataDirOf, isStackRunning, readStackEnvironment } from '@switchboard/local-stack';
import { retentionVariables } from '@switchboard/provisioning';
import {
  type ConfigOf,
  type ConfigOutcome,
  defineConfig,
  type Environment,
  kafkaRule,
  kafkaVariables,
  registryVariables,
  serviceVariables,
} from '@switchboard/runtime';
import { UsageError } from './usage-error.ts';

/** Environment variables of the command line tool. */
export const cliConfig = defineConfig(
  {
    ...kafkaVariables,
    ...registryVariables,
    extraCaFile: serviceVariables.extraCaFile,
    ingressUrl: { name: 'SWITCHBOARD_INGRESS_URL', type: 'url', default: 'http://127.0.0.1:18080', doc: 'Base URL of the ingress.' },
    adminUrl: { name: 'SWITCHBOARD_ADMIN_URL', type: 'url', default: 'http://127.0.0.1:18090', doc: 'Base URL of the admin API.' },
    adminToken: {
      name: 'SWITCHBOARD_ADMIN_TOKEN',
      type: 'secret',
      optional: true,
      doc: 'Bearer token of the admin API; or SWITCHBOARD_ADMIN_TOKEN_FILE.',
    },
    sendersFile: {
      name: 'SWITCHBOARD_SENDERS_FILE',
      type: 'file',
      optional: true,
      doc: 'JSON file with the keys and apps that `send` signs for.',
    },
    replicationFactor: {
      name: 'REPLICATION_FACTOR',
      type: 'int',
      optional: true,
      min: 1,
      max: 10,
      doc: 'Replicas of new topics; min(3, brokers) unless set.',
    },
    ...retentionVariables,
  },
  [kafkaRule],
);

export type CliConfig = ConfigOf<typeof cliConfig.variables>;

/** The environment of this process over that of the local stack of this folder, where one runs. */
export function readConfig(environment: Environment = process.env): ConfigOutcome<CliConfig> {
  return cliConfig.read({ ...readStackEnvironment(resolve(dataDirOf(environment))), ...withoutEmpty(environment) });
}

/** An empty variable is as good as none: it must not hide that of a stack. */
function withoutEmpty(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
}

/** What says which cluster a command changes. */
const TARGET = ['KAFKA_BROKERS', 'SCHEMA_REGISTRY_URL'] as const;
const NO_TARGET = { exitCode: 2 };

/**
 * The configuration of a command that changes a cluster, which must be named: by `given` variables of its options, by the
 * environment, or by a stack of this folder that runs. The default addresses may be those of any other program. Where the
 * cluster is named, no variable of the stack counts. Throws UsageError with exit code 2.
 */
export async function readTargetConfig(
  given: Environment,
  environment: Environment = process.env,
  stackRuns = isStackRunning,
): Promise<ConfigOutcome<CliConfig>> {
  const named = withoutEmpty({ ...environment, ...given });
  const missing = TARGET.filter((name) => !named[name]);
  if (missing.length === 0) return cliConfig.read(named);
  const dataDir = resolve(dataDirOf(environment));
  if (missing.length === TARGET.length && (await stackRuns(dataDir))) {
    return cliConfig.read({ ...readStackEnvironment(dataDir), ...named });
  }
  const unnamed = missing.length === TARGET.length ? `, and no stack of \`npm start\` runs on ${dataDir}` : '';
  throw new UsageError(
    `${missing.join(' and ')} must be set (or --brokers and --registry given) to name the cluster that is to be changed${unnamed}`,
    NO_TARGET,
  );
}
