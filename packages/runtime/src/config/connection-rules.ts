import { BlockList, isIP } from 'node:net';
import type { ConfigWarning } from './define-config.ts';
import type { kafkaVariables, registryVariables } from './shared-variables.ts';
import type { ConfigOf } from './variable.ts';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** True for a host name or address that stays on this machine. */
export function isLoopbackHost(host: string): boolean {
  const text = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  const version = isIP(text);
  if (version === 0) return text === 'localhost' || text.endsWith('.localhost');
  return loopback.check(text, version === 4 ? 'ipv4' : 'ipv6');
}

/** Rule for every configuration with kafkaVariables. */
export function kafkaRule(config: ConfigOf<typeof kafkaVariables>): readonly string[] {
  const { kafkaSsl, kafkaSaslMechanism, kafkaSaslUsername, kafkaSaslPassword } = config;
  const { kafkaSslCaFile, kafkaSslCertFile, kafkaSslKeyFile } = config;
  const sasl = [kafkaSaslMechanism, kafkaSaslUsername, kafkaSaslPassword].filter((part) => part !== undefined).length;
  const files = [
    ...(kafkaSslCaFile === undefined ? [] : ['KAFKA_SSL_CA_FILE']),
    ...(kafkaSslCertFile === undefined ? [] : ['KAFKA_SSL_CERT_FILE']),
    ...(kafkaSslKeyFile === undefined ? [] : ['KAFKA_SSL_KEY_FILE']),
  ];
  return [
    ...(sasl === 0 || sasl === 3 ? [] : ['KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD: must be set together']),
    ...((kafkaSslCertFile === undefined) === (kafkaSslKeyFile === undefined)
      ? []
      : ['KAFKA_SSL_CERT_FILE and KAFKA_SSL_KEY_FILE: must be set together']),
    ...(kafkaSsl === false && files.length > 0 ? [`KAFKA_SSL: must not be false while ${files.join(' and ')} is set`] : []),
  ];
}

/** Warns of a SASL password that goes over the network in the clear. */
export function kafkaWarnings(config: ConfigOf<typeof kafkaVariables>): readonly ConfigWarning[] {
  const usesTls = (config.kafkaSsl ?? false) || config.kafkaSslCaFile !== undefined || config.kafkaSslCertFile !== undefined;
  const remote = config.kafkaBrokers.filter((broker) => !isLoopbackHost(broker.replace(/:\d+$/, '')));
  if (config.kafkaSaslMechanism !== 'plain' || usesTls || remote.length === 0) return [];
  return [
    {
      code: 'ERR_CONFIG_SASL_PLAIN_WITHOUT_TLS',
      message: 'SASL password is sent to Kafka in the clear, set KAFKA_SSL or use SCRAM',
      fields: { brokers: remote },
    },
  ];
}

/** Warns of a registry password that goes over the network in the clear. */
export function registryWarnings(config: ConfigOf<typeof registryVariables>): readonly ConfigWarning[] {
  const { protocol, hostname, host } = new URL(config.schemaRegistryUrl);
  if (config.schemaRegistryAuth === undefined || protocol !== 'http:' || isLoopbackHost(hostname)) return [];
  return [
    {
      code: 'ERR_CONFIG_REGISTRY_PASSWORD_OVER_HTTP',
      message: 'Registry password is sent in the clear, use https in SCHEMA_REGISTRY_URL',
      fields: { registry: host },
    },
  ];
}
