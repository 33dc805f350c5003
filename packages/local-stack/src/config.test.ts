import { homedir } from 'node:os';
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

  it('hands child processes what they need of it and nothing else', () => {
    const { inherited } = readHostEnvironment({ PATH: '/bin', HOME: '/h', SECRET: 'x', AWS_ACCESS_KEY_ID: 'y' });
    expect(inherited).toEqual({ PATH: '/bin', HOME: '/h' });
  });
});
