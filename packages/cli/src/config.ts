import { resolve } from 'node:path';
import { dataDirOf, readStackEnvironment } from '@switchboard/local-stack';
import {
  type ConfigOf,
  type ConfigOutcome,
  defineConfig,
  kafkaRule,
  kafkaVariables,
  registryVariables,
  serviceVariables,
} from '@switchboard/runtime';

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
  },
  [kafkaRule],
);

export type CliConfig = ConfigOf<typeof cliConfig.variables>;

/** The environment of this process over that of the local stack of this folder, where one runs. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): ConfigOutcome<CliConfig> {
  return cliConfig.read({ ...readStackEnvironment(resolve(dataDirOf(environment))), ...environment });
}
