import { describe, expect, it } from 'vitest';
import { environments } from './service-environment.ts';
import { stackFiles } from './stack-files.ts';

const options = {
  ports: { ingress: 1, ingressHealth: 2, normalizerHealth: 3, deliveryHealth: 4, admin: 5, issuer: 6, receiver: 7 },
  files: stackFiles('/data'),
  credentials: { adminToken: 'token', secretsKey: 'key', receiverSecret: 'secret', routingKey: 'routing', hmacKey: 'hmac' },
  kafkaBrokers: 'a:1,b:2',
  registryUrl: 'https://registry',
  authorityFile: '/authority.pem',
};

describe('the variables of the stack', () => {
  it('give every service its own health port by the same name', () => {
    const { ingress, normalizer, delivery } = environments(options);
    expect([ingress.HEALTH_PORT, normalizer.HEALTH_PORT, delivery.HEALTH_PORT]).toEqual(['2', '3', '4']);
  });

  it('tell every service and the command line how to reach Kafka and the registry', () => {
    const access = { KAFKA_SSL_CA_FILE: '/ca.pem', KAFKA_SASL_PASSWORD: 'word', SCHEMA_REGISTRY_AUTH: 'user:word' };
    const variables = environments({ ...options, access });
    for (const name of ['ingress', 'normalizer', 'delivery', 'cli'] as const)
      expect([name, variables[name]]).toEqual([
        name,
        expect.objectContaining({ KAFKA_BROKERS: 'a:1,b:2', SCHEMA_REGISTRY_URL: 'https://registry', ...access }),
      ]);
  });
});
