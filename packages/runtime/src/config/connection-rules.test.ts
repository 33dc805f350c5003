import { describe, expect, it } from 'vitest';
import { isLoopbackHost, kafkaRule, kafkaWarnings, registryWarnings } from './connection-rules.ts';
import { defineConfig, logWarnings } from './define-config.ts';
import { kafkaConnection, kafkaVariables, registryVariables } from './shared-variables.ts';

const files = { isReadable: () => true, readText: () => 'pem' };
const definition = defineConfig({ ...kafkaVariables, ...registryVariables }, [kafkaRule], [kafkaWarnings, registryWarnings]);

function read(environment: Readonly<Record<string, string>>) {
  const outcome = definition.read(environment, files);
  if (!outcome.ok) throw new Error(outcome.problems.join());
  return outcome.config;
}
const codes = (environment: Readonly<Record<string, string>>) => definition.warnings(read(environment)).map(({ code }) => code);

it.each([
  ['localhost', true],
  ['a.localhost', true],
  ['127.9.9.9', true],
  ['[::1]', true],
  ['localhost.example', false],
  ['127.0.0.1.example', false],
  ['10.0.0.1', false],
  ['[::2]', false],
])('a host %s is on this machine: %s', (host, expected) => {
  expect(isLoopbackHost(host)).toBe(expected);
});

describe('KAFKA_SSL', () => {
  it.each(['KAFKA_SSL_CA_FILE', 'KAFKA_SSL_CERT_FILE'])('must not be false beside %s', (name) => {
    const environment = { KAFKA_SSL: 'false', [name]: 'pem', ...(name === 'KAFKA_SSL_CERT_FILE' ? { KAFKA_SSL_KEY_FILE: 'pem' } : {}) };
    const outcome = definition.read(environment, files);
    expect(outcome.ok ? [] : outcome.problems).toEqual([expect.stringMatching(`^KAFKA_SSL: must not be false while ${name}`)]);
  });

  it('is on when a CA file is set, and off when nothing is', () => {
    expect(kafkaConnection(read({ KAFKA_SSL_CA_FILE: 'pem' }), () => 'pem').ssl).toEqual({ ca: 'pem' });
    expect(kafkaConnection(read({ KAFKA_SSL: 'true' }), () => 'pem').ssl).toBe(true);
    expect(kafkaConnection(read({ KAFKA_SSL: 'false' }), () => 'pem')).not.toHaveProperty('ssl');
    expect(kafkaConnection(read({}), () => 'pem')).not.toHaveProperty('ssl');
  });
});

describe('a password in the clear', () => {
  const plain = { KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'u', KAFKA_SASL_PASSWORD: 'hunter2' };
  const auth = { SCHEMA_REGISTRY_AUTH: 'u:hunter2' };

  it.each<[Readonly<Record<string, string>>, string[]]>([
    [{ ...plain, KAFKA_BROKERS: 'kafka.example:9092' }, ['ERR_CONFIG_SASL_PLAIN_WITHOUT_TLS']],
    [{ ...plain, KAFKA_BROKERS: '127.0.0.1:9092,kafka.example:9092' }, ['ERR_CONFIG_SASL_PLAIN_WITHOUT_TLS']],
    [{ ...plain, KAFKA_BROKERS: 'localhost:9092,[::1]:9092' }, []],
    [{ ...plain, KAFKA_BROKERS: 'kafka.example:9092', KAFKA_SSL: 'true' }, []],
    [{ ...plain, KAFKA_BROKERS: 'kafka.example:9092', KAFKA_SSL_CA_FILE: 'pem' }, []],
    [{ ...plain, KAFKA_BROKERS: 'kafka.example:9092', KAFKA_SASL_MECHANISM: 'scram-sha-256' }, []],
    [{ ...auth, SCHEMA_REGISTRY_URL: 'http://registry.example/apis' }, ['ERR_CONFIG_REGISTRY_PASSWORD_OVER_HTTP']],
    [{ ...auth, SCHEMA_REGISTRY_URL: 'https://registry.example/apis' }, []],
    [{ ...auth, SCHEMA_REGISTRY_URL: 'http://[::1]:18085/apis' }, []],
    [{ SCHEMA_REGISTRY_URL: 'http://registry.example/apis' }, []],
  ])('%j gives the warnings %j', (environment, expected) => {
    expect(codes(environment)).toEqual(expected);
  });

  it('is one warn line with its code, and never the password', () => {
    const lines: [object, string][] = [];
    const config = read({ ...plain, ...auth, KAFKA_BROKERS: 'kafka.example:9092', SCHEMA_REGISTRY_URL: 'http://registry.example/apis' });
    logWarnings(definition.warnings(config), { warn: (fields, message) => void lines.push([fields, message]) });
    expect(lines).toEqual([
      [
        { code: 'ERR_CONFIG_SASL_PLAIN_WITHOUT_TLS', brokers: ['kafka.example:9092'] },
        'SASL password is sent to Kafka in the clear, set KAFKA_SSL or use SCRAM',
      ],
      [
        { code: 'ERR_CONFIG_REGISTRY_PASSWORD_OVER_HTTP', registry: 'registry.example' },
        'Registry password is sent in the clear, use https in SCHEMA_REGISTRY_URL',
      ],
    ]);
  });
});
