import { describe, expect, it } from 'vitest';
import { environments } from './service-environment.ts';
import { serviceNames } from './service-names.ts';
import { stackFiles } from './stack-files.ts';

const options = {
  ports: { ingress: 1, ingressHealth: 2, normalizerHealth: 3, deliveryHealth: 4, adminHealth: 5, admin: 6, issuer: 7, receiver: 8 },
  files: stackFiles('/data'),
  credentials: { adminToken: 'token', secretsKey: 'key', receiverSecret: 'secret', routingKey: 'routing', hmacKey: 'hmac' },
  kafkaBrokers: 'a:1,b:2',
  registryUrl: 'https://registry',
  authorityFile: '/authority.pem',
};

describe('the variables of the stack', () => {
  it('give every service its own health port by the same name', () => {
    const { ingress, normalizer, delivery, admin } = environments(options);
    expect([ingress.HEALTH_PORT, normalizer.HEALTH_PORT, delivery.HEALTH_PORT, admin.HEALTH_PORT]).toEqual(['2', '3', '4', '5']);
  });

  it('give delivery and admin the same key of the secrets and the same addresses', () => {
    const { delivery, admin } = environments(options);
    expect(delivery).toMatchObject({ SECRETS_KEY: 'key', ADDRESS_ALLOW: '127.0.0.0/8' });
    expect(admin).toMatchObject({ SECRETS_KEY: delivery.SECRETS_KEY, ADDRESS_ALLOW: delivery.ADDRESS_ALLOW });
  });

  it('tell every service and the command line how to reach Kafka and the registry', () => {
    const access = { KAFKA_SSL_CA_FILE: '/ca.pem', KAFKA_SASL_PASSWORD: 'word', SCHEMA_REGISTRY_AUTH: 'user:word' };
    const variables = environments({ ...options, access });
    for (const name of [...serviceNames, 'cli'] as const)
      expect([name, variables[name]]).toEqual([
        name,
        expect.objectContaining({ KAFKA_BROKERS: 'a:1,b:2', SCHEMA_REGISTRY_URL: 'https://registry', ...access }),
      ]);
  });
});
