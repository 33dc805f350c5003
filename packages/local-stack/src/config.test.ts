import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readHostEnvironment } from './config.ts';

describe('the environment of the host', () => {
  it('names the cache directory by its own variable, then by XDG, then under the home', () => {
    expect(readHostEnvironment({ SWITCHBOARD_CACHE_DIR: '/own', XDG_CACHE_HOME: '/xdg' }).cacheDir).toBe('/own');
    expect(readHostEnvironment({ XDG_CACHE_HOME: '/xdg' }).cacheDir).toBe('/xdg/switchboard');
    expect(readHostEnvironment({}).cacheDir).toBe(`${homedir()}/.cache/switchboard`);
  });

  it('gives brokers and registry where they are set, and counts an empty variable as absent', () => {
    expect(readHostEnvironment({ KAFKA_BROKERS: 'a:1, b:2,', SCHEMA_REGISTRY_URL: 'http://r' })).toMatchObject({
      kafkaBrokers: ['a:1', 'b:2'],
      schemaRegistryUrl: 'http://r',
    });
    const { kafkaBrokers, schemaRegistryUrl, javaHome } = readHostEnvironment({
      KAFKA_BROKERS: '',
      SCHEMA_REGISTRY_URL: '',
      JAVA_HOME: '',
    });
    expect([kafkaBrokers, schemaRegistryUrl, javaHome]).toEqual([undefined, undefined, undefined]);
  });

  it('gives what tells how to reach them by variable name, with files by absolute path', () => {
    const { kafkaAccess, registryAccess } = readHostEnvironment({
      KAFKA_BROKERS: 'a:1',
      KAFKA_SSL: 'true',
      KAFKA_SSL_CA_FILE: 'ca.pem',
      KAFKA_SSL_CERT_FILE: '/etc/cert.pem',
      KAFKA_SASL_MECHANISM: 'scram-sha-512',
      KAFKA_SASL_USERNAME: '',
      KAFKA_SASL_PASSWORD_FILE: 'password',
      SCHEMA_REGISTRY_URL: 'http://r',
      SCHEMA_REGISTRY_AUTH: 'user:word',
      SCHEMA_REGISTRY_AUTH_FILE: '/run/auth',
    });
    expect(kafkaAccess).toEqual({
      KAFKA_SSL: 'true',
      KAFKA_SSL_CA_FILE: resolve('ca.pem'),
      KAFKA_SSL_CERT_FILE: '/etc/cert.pem',
      KAFKA_SASL_MECHANISM: 'scram-sha-512',
      KAFKA_SASL_PASSWORD_FILE: resolve('password'),
    });
    expect(registryAccess).toEqual({ SCHEMA_REGISTRY_AUTH: 'user:word', SCHEMA_REGISTRY_AUTH_FILE: '/run/auth' });
  });

  it('gives the settings of topics that are set, which are no part of how brokers are reached', () => {
    const { topicSettings, kafkaAccess } = readHostEnvironment({ TOPIC_PREFIX: 'acme.', RETENTION_RAW: '90d', RETENTION_DEAD: '' });
    expect(topicSettings).toEqual({ TOPIC_PREFIX: 'acme.', RETENTION_RAW: '90d' });
    expect(kafkaAccess).toEqual({});
  });

  it('hands child processes what they need of it and nothing else', () => {
    const { inherited } = readHostEnvironment({ PATH: '/bin', HOME: '/h', SECRET: 'x', AWS_ACCESS_KEY_ID: 'y' });
    expect(inherited).toEqual({ PATH: '/bin', HOME: '/h' });
  });
});
