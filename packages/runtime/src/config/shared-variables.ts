import type { ConfigOf, Variables } from './variable.ts';

/** How every process finds its Kafka cluster. */
export const kafkaVariables = {
  kafkaBrokers: {
    name: 'KAFKA_BROKERS',
    type: 'list',
    default: ['127.0.0.1:19092'],
    pattern: /^(\[[0-9a-fA-F:]+\]|[^:\s]+):\d{1,5}$/,
    doc: 'Bootstrap servers, host:port, comma-separated.',
  },
  kafkaSsl: {
    name: 'KAFKA_SSL',
    type: 'boolean',
    optional: true,
    doc: 'Connect to Kafka with TLS; without it, TLS is on if one of the KAFKA_SSL_… files is set.',
  },
  kafkaSslCaFile: { name: 'KAFKA_SSL_CA_FILE', type: 'file', optional: true, doc: 'PEM of the authorities that sign broker certificates.' },
  kafkaSslCertFile: { name: 'KAFKA_SSL_CERT_FILE', type: 'file', optional: true, doc: 'PEM client certificate.' },
  kafkaSslKeyFile: { name: 'KAFKA_SSL_KEY_FILE', type: 'file', optional: true, doc: 'PEM key of the client certificate.' },
  kafkaSaslMechanism: {
    name: 'KAFKA_SASL_MECHANISM',
    type: 'enum',
    values: ['plain', 'scram-sha-256', 'scram-sha-512'],
    optional: true,
    doc: 'SASL mechanism; needs user name and password.',
  },
  kafkaSaslUsername: { name: 'KAFKA_SASL_USERNAME', type: 'string', optional: true, doc: 'SASL user name.' },
  kafkaSaslPassword: { name: 'KAFKA_SASL_PASSWORD', type: 'secret', optional: true, doc: 'SASL password; or KAFKA_SASL_PASSWORD_FILE.' },
  topicPrefix: {
    name: 'TOPIC_PREFIX',
    type: 'string',
    optional: true,
    // Kafka's rule for topic names, in which 249 characters have to hold prefix and name. Kafka's own topics begin with __.
    pattern: /^(?!__)[a-zA-Z0-9._-]{1,100}$/,
    doc: 'Goes before every topic, group and transactional id, for example `acme.`: deployments with different prefixes share a cluster.',
  },
} as const satisfies Variables;

/** How every process finds the schema registry. */
export const registryVariables = {
  schemaRegistryUrl: {
    name: 'SCHEMA_REGISTRY_URL',
    type: 'url',
    default: 'http://127.0.0.1:18085/apis/ccompat/v7',
    credentials: 'SCHEMA_REGISTRY_AUTH',
    doc: 'Base URL of the Confluent-compatible schema registry.',
  },
  schemaRegistryAuth: {
    name: 'SCHEMA_REGISTRY_AUTH',
    type: 'secret',
    optional: true,
    pattern: /^[^:]+:.+$/s,
    doc: 'user:password for the registry; or SCHEMA_REGISTRY_AUTH_FILE.',
  },
} as const satisfies Variables;

/** What every service has in addition; the default of the health port differs by service. */
export const serviceVariables = {
  host: { name: 'HOST', type: 'string', default: '127.0.0.1', doc: 'Address that all ports listen on.' },
  logLevel: {
    name: 'LOG_LEVEL',
    type: 'enum',
    values: ['debug', 'info', 'warn', 'error', 'silent'],
    default: 'info',
    doc: 'Least level that is logged.',
  },
  extraCaFile: {
    name: 'EXTRA_CA_FILE',
    type: 'file',
    optional: true,
    doc: 'PEM of authorities trusted in addition to the public ones, for outgoing HTTPS.',
  },
} as const satisfies Variables;

export interface KafkaConnection {
  readonly brokers: readonly string[];
  readonly ssl?: true | { readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly sasl?: { readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; readonly username: string; readonly password: string };
  readonly topicPrefix?: string;
}

/** Connection settings of the Kafka client; `readText` reads the PEM files. */
export function kafkaConnection(config: ConfigOf<typeof kafkaVariables>, readText: (path: string) => string): KafkaConnection {
  const pem = {
    ...(config.kafkaSslCaFile === undefined ? {} : { ca: readText(config.kafkaSslCaFile) }),
    ...(config.kafkaSslCertFile === undefined ? {} : { cert: readText(config.kafkaSslCertFile) }),
    ...(config.kafkaSslKeyFile === undefined ? {} : { key: readText(config.kafkaSslKeyFile) }),
  };
  const hasPem = Object.keys(pem).length > 0;
  const { kafkaSaslMechanism: mechanism, kafkaSaslUsername: username, kafkaSaslPassword: password } = config;
  return {
    brokers: config.kafkaBrokers,
    ...(config.kafkaSsl === true || hasPem ? { ssl: hasPem ? pem : (true as const) } : {}),
    ...(mechanism !== undefined && username !== undefined && password !== undefined ? { sasl: { mechanism, username, password } } : {}),
    ...(config.topicPrefix === undefined ? {} : { topicPrefix: config.topicPrefix }),
  };
}

export interface RegistryConnection {
  readonly registryUrl: string;
  readonly auth?: { readonly username: string; readonly password: string };
}

/** Credentials of the registry client, where set. */
export function registryConnection(config: ConfigOf<typeof registryVariables>): RegistryConnection {
  const auth = config.schemaRegistryAuth;
  if (auth === undefined) return { registryUrl: config.schemaRegistryUrl };
  const colon = auth.indexOf(':');
  return { registryUrl: config.schemaRegistryUrl, auth: { username: auth.slice(0, colon), password: auth.slice(colon + 1) } };
}
