import {
  type ConfigOf,
  type ConfigOutcome,
  defineConfig,
  kafkaRule,
  kafkaVariables,
  kafkaWarnings,
  registryVariables,
  registryWarnings,
  serviceVariables,
} from '@switchboard/runtime';

/** Environment variables of the ingress. */
export const ingressConfig = defineConfig(
  {
    ...kafkaVariables,
    ...registryVariables,
    ...serviceVariables,
    port: { name: 'INGRESS_PORT', type: 'int', default: 18_080, min: 0, max: 65_535, doc: 'Port that senders post to.' },
    healthPort: {
      name: 'HEALTH_PORT',
      type: 'int',
      default: 18_081,
      min: 0,
      max: 65_535,
      doc: 'Port of /livez, /readyz, /metrics and the admin route.',
    },
    sourcesFile: {
      name: 'SOURCES_FILE',
      type: 'file',
      doc: 'YAML file of apps, their sources, regions and routing keys; read again when it changes.',
    },
    sourcesPollMs: {
      name: 'SOURCES_POLL_MS',
      type: 'duration',
      default: 2_000,
      min: 50,
      doc: 'How often to look whether the content of SOURCES_FILE changed.',
    },
    tlsCertFile: {
      name: 'TLS_CERT_FILE',
      type: 'file',
      optional: true,
      doc: 'PEM certificate chain; with TLS_KEY_FILE the ingress ends TLS itself.',
    },
    tlsKeyFile: { name: 'TLS_KEY_FILE', type: 'file', optional: true, doc: 'PEM key of the certificate.' },
    appendDeadlineMs: {
      name: 'APPEND_DEADLINE_MS',
      type: 'duration',
      default: 1_500,
      min: 100,
      max: 10_000,
      doc: 'Longest wait for verification and for Kafka together; then 503.',
    },
    maxBodyBytes: {
      name: 'MAX_BODY_BYTES',
      type: 'int',
      default: 1_048_576,
      min: 1_024,
      max: 1_048_576,
      doc: 'Largest body; a larger one gets 413.',
    },
    maxInFlightRequests: {
      name: 'MAX_IN_FLIGHT_REQUESTS',
      type: 'int',
      default: 5_000,
      min: 1,
      doc: 'Most requests handled at once; further ones get 503.',
    },
    maxInFlightBytes: {
      name: 'MAX_IN_FLIGHT_BYTES',
      type: 'int',
      default: 67_108_864,
      min: 1_048_576,
      doc: 'Most body bytes held at once; further ones get 503.',
    },
    maxConnections: { name: 'MAX_CONNECTIONS', type: 'int', default: 10_000, min: 1, doc: 'Most connections; further ones are closed.' },
    headersTimeoutMs: {
      name: 'HEADERS_TIMEOUT_MS',
      type: 'duration',
      default: 10_000,
      min: 100,
      max: 10_000,
      doc: 'Longest time for the head of a request; then 408.',
    },
    requestTimeoutMs: {
      name: 'REQUEST_TIMEOUT_MS',
      type: 'duration',
      default: 15_000,
      min: 100,
      max: 15_000,
      doc: 'Longest time for a whole request to arrive; then 408.',
    },
    keySetsWaitMs: {
      name: 'KEY_SETS_WAIT_MS',
      type: 'duration',
      default: 30_000,
      doc: 'How long readiness waits for the key sets of all issuers; then those that are there suffice.',
    },
    adminTokenHash: {
      name: 'INGRESS_ADMIN_TOKEN_SHA256',
      type: 'secret',
      optional: true,
      pattern: /^[0-9a-f]{64}$/,
      doc: 'SHA-256, in hex, of the bearer token of the admin route; without it the route does not exist.',
    },
  },
  [
    kafkaRule,
    (config) =>
      (config.tlsCertFile === undefined) === (config.tlsKeyFile === undefined)
        ? []
        : ['TLS_CERT_FILE and TLS_KEY_FILE: must be set together'],
    (config) =>
      config.headersTimeoutMs <= config.requestTimeoutMs ? [] : ['HEADERS_TIMEOUT_MS: must not be more than REQUEST_TIMEOUT_MS'],
  ],
  [kafkaWarnings, registryWarnings],
);

export type IngressConfig = ConfigOf<typeof ingressConfig.variables>;

/** The process's environment; secrets that SOURCES_FILE names by {env} come from it too. */
export const environment: Readonly<Record<string, string | undefined>> = process.env;

export function readConfig(): ConfigOutcome<IngressConfig> {
  return ingressConfig.read(environment);
}
