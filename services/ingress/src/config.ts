import {
  type ConfigOf,
  type ConfigWarning,
  coversEverything,
  defineConfig,
  type Environment,
  kafkaRule,
  kafkaVariables,
  kafkaWarnings,
  readCidr,
  registryVariables,
  registryWarnings,
  serviceVariables,
} from '@switchboard/runtime';

/** SHA-256 of no bytes: what an unset token hashes to, so that it would admit requests without one. */
const EMPTY_TEXT_HASH = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** Warns where every sender counts as a trusted proxy: each could then choose its peer address. */
function trustedProxiesWarnings({
  trustedProxies = [],
}: {
  readonly trustedProxies?: readonly string[] | undefined;
}): readonly ConfigWarning[] {
  if (!coversEverything(trustedProxies.flatMap((text) => readCidr(text) ?? []))) return [];
  return [
    {
      code: 'ERR_CONFIG_TRUSTED_PROXIES_EVERY_ADDRESS',
      message: 'TRUSTED_PROXIES holds every address, so any sender chooses its peer address, name the proxies only',
      fields: { trustedProxies },
    },
  ];
}

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
      doc: 'YAML file of apps, their sources and limits, regions and routing keys; reloaded when it changes.',
    },
    sourcesPollMs: {
      name: 'SOURCES_POLL_MS',
      type: 'duration',
      default: 2_000,
      min: 50,
      doc: 'How often to check whether the content of SOURCES_FILE or of the TLS files changed.',
    },
    tlsCertFile: {
      name: 'TLS_CERT_FILE',
      type: 'file',
      optional: true,
      doc: 'PEM certificate chain; with TLS_KEY_FILE the ingress terminates TLS itself. Reloaded when it changes.',
    },
    tlsKeyFile: { name: 'TLS_KEY_FILE', type: 'file', optional: true, doc: 'PEM key of the certificate. Reloaded when it changes.' },
    appendDeadlineMs: {
      name: 'APPEND_DEADLINE_MS',
      type: 'duration',
      default: 1_500,
      min: 100,
      max: 10_000,
      doc: 'Longest wait for authentication and for Kafka together, without the time that the body takes to arrive; then 503.',
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
      doc: 'Most authenticated requests handled at once; further ones get 503.',
    },
    maxInFlightBytes: {
      name: 'MAX_IN_FLIGHT_BYTES',
      type: 'int',
      default: 67_108_864,
      min: 1_048_576,
      doc: 'Most body bytes of authenticated requests at once; further ones get 503.',
    },
    maxUnauthenticatedRequests: {
      name: 'MAX_UNAUTHENTICATED_REQUESTS',
      type: 'int',
      default: 500,
      min: 1,
      doc: 'Most requests at once whose sender is not authenticated yet; beyond them the oldest is evicted with 503.',
    },
    maxUnauthenticatedBytes: {
      name: 'MAX_UNAUTHENTICATED_BYTES',
      type: 'int',
      default: 16_777_216,
      min: 1_048_576,
      doc: 'Most body bytes of these at once, at least 2 × MAX_BODY_BYTES. Half is for small bodies; in the other half the oldest large body is evicted with 503.',
    },
    maxUnauthenticatedBytesPerPeer: {
      name: 'MAX_UNAUTHENTICATED_BYTES_PER_PEER',
      type: 'int',
      default: 0,
      min: 0,
      doc: 'Most body bytes of these that one peer address holds; then 503. 0 is no limit, else at least MAX_BODY_BYTES.',
    },
    minBodyRate: {
      name: 'MIN_BODY_RATE',
      type: 'int',
      default: 1_000,
      min: 0,
      doc: 'Least bytes a second, from 2 s on, of a body whose sender is not authenticated yet; then 408. 0 is no limit.',
    },
    maxConnections: {
      name: 'MAX_CONNECTIONS',
      type: 'int',
      default: 10_000,
      min: 1,
      doc: 'Most connections; at the cap the oldest one that authenticated nothing is closed for a new one.',
    },
    maxConnectionsPerPeer: {
      name: 'MAX_CONNECTIONS_PER_PEER',
      type: 'int',
      default: 0,
      min: 0,
      doc: 'Most connections of one peer address (IPv6: of one /64) that authenticated nothing; its oldest is closed for a new one. 0 is no limit.',
    },
    trustedProxies: {
      name: 'TRUSTED_PROXIES',
      type: 'list',
      optional: true,
      doc: 'CIDR ranges of reverse proxies; of their requests the address in PEER_HEADER is the peer.',
    },
    peerHeader: {
      name: 'PEER_HEADER',
      type: 'string',
      default: 'x-forwarded-for',
      pattern: /^[A-Za-z0-9-]+$/,
      doc: 'Header in which trusted proxies name their client; the right-most address that is not a trusted proxy counts, without one no peer.',
    },
    headersTimeoutMs: {
      name: 'HEADERS_TIMEOUT_MS',
      type: 'duration',
      default: 10_000,
      min: 100,
      max: 10_000,
      doc: 'Longest time for a TLS handshake, and for the head of a request; then 408.',
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
      doc: 'How long readiness waits for the key sets of all issuers; after that one loaded set is enough.',
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
      (config.trustedProxies ?? [])
        .filter((text) => readCidr(text) === undefined)
        .map((text) => `TRUSTED_PROXIES: must hold CIDR ranges (got ${JSON.stringify(text)})`),
    ({ adminTokenHash: tokenHash }) => {
      const name = tokenHash === EMPTY_TEXT_HASH ? 'the hash of the empty text' : tokenHash === '0'.repeat(64) ? 'all zeros' : undefined;
      return name === undefined ? [] : [`INGRESS_ADMIN_TOKEN_SHA256: must be the hash of a token (got ${name})`];
    },
    ({ maxUnauthenticatedBytes, maxBodyBytes }) =>
      maxUnauthenticatedBytes >= 2 * maxBodyBytes
        ? []
        : [`MAX_UNAUTHENTICATED_BYTES: must be at least ${2 * maxBodyBytes}, which is 2 × MAX_BODY_BYTES (got ${maxUnauthenticatedBytes})`],
    ({ maxUnauthenticatedBytesPerPeer: perPeer, maxBodyBytes }) =>
      perPeer === 0 || perPeer >= maxBodyBytes
        ? []
        : [`MAX_UNAUTHENTICATED_BYTES_PER_PEER: must be 0 or at least ${maxBodyBytes}, which is MAX_BODY_BYTES (got ${perPeer})`],
    ({ headersTimeoutMs, requestTimeoutMs }) =>
      headersTimeoutMs <= requestTimeoutMs
        ? []
        : [`HEADERS_TIMEOUT_MS: must be at most ${requestTimeoutMs}, which is REQUEST_TIMEOUT_MS (got ${headersTimeoutMs})`],
  ],
  [kafkaWarnings, registryWarnings, trustedProxiesWarnings],
);

export type IngressConfig = ConfigOf<typeof ingressConfig.variables>;

/** The environment of this process, which no other module reads; secrets that SOURCES_FILE names by {env} come from it too. */
export const environment: Environment = process.env;
