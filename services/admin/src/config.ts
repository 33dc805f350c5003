import { secretsVariables } from '@switchboard/app-installs';
import {
  type ConfigOf,
  defineConfig,
  type Environment,
  kafkaRule,
  kafkaVariables,
  kafkaWarnings,
  registryVariables,
  registryWarnings,
  serviceVariables,
} from '@switchboard/runtime';
import { addressAllowRule, addressVariables } from '@switchboard/webhooks';

export const adminConfig = defineConfig(
  {
    ...serviceVariables,
    healthPort: { name: 'HEALTH_PORT', type: 'int', min: 0, max: 65_535, default: 18_084, doc: 'Port of /livez, /readyz and /metrics.' },
    adminPort: { name: 'ADMIN_PORT', type: 'int', min: 0, max: 65_535, default: 18_090, doc: 'Port of the admin API.' },
    adminTokensFile: {
      name: 'ADMIN_TOKENS_FILE',
      type: 'file',
      doc: 'JSON file of admin tokens: name, sha256 of the token, role (reader, editor, operator), tenants, installs; read again when it changes.',
    },
    adminTokensPollMs: {
      name: 'ADMIN_TOKENS_POLL_MS',
      type: 'duration',
      default: 2_000,
      min: 50,
      doc: 'How often to look whether the content of ADMIN_TOKENS_FILE or of the TLS files changed.',
    },
    tlsCertFile: {
      name: 'ADMIN_TLS_CERT_FILE',
      type: 'file',
      optional: true,
      doc: 'PEM certificate chain; with ADMIN_TLS_KEY_FILE the admin API is served over HTTPS only. Reloaded when it changes.',
    },
    tlsKeyFile: { name: 'ADMIN_TLS_KEY_FILE', type: 'file', optional: true, doc: 'PEM key of the certificate. Reloaded when it changes.' },
    ...secretsVariables,
    ...addressVariables,
    ...kafkaVariables,
    ...registryVariables,
  },
  [
    kafkaRule,
    addressAllowRule,
    (config) =>
      (config.tlsCertFile === undefined) === (config.tlsKeyFile === undefined)
        ? []
        : ['ADMIN_TLS_CERT_FILE and ADMIN_TLS_KEY_FILE: must be set together'],
  ],
  [kafkaWarnings, registryWarnings],
);

/** The environment of this process, which no other module reads. */
export const environment: Environment = process.env;

export type AdminConfig = ConfigOf<typeof adminConfig.variables>;
