import { expect, it } from 'vitest';
import { deliveryConfig } from './config.ts';

const files = { isReadable: () => true, readText: () => '' };
const required = { SECRETS_KEY: 'ab'.repeat(32) };

function problemsOf(environment: Readonly<Record<string, string>>): readonly string[] {
  const outcome = deliveryConfig.read({ ...required, ...environment }, files);
  return outcome.ok ? [] : outcome.problems;
}

it('has the delays, the budget and the maximum age of the design where nothing is set', () => {
  const outcome = deliveryConfig.read(required);
  expect(outcome).toMatchObject({
    ok: true,
    config: {
      retryDelaysMs: ['5000', '30000', '120000', '600000', '3600000'],
      attemptTimeoutMs: 10_000,
      maxAgeMs: 86_400_000,
      healthPort: 18_083,
      addressAllow: undefined,
    },
  });
});

it('needs the key of the secrets, and nothing else', () => {
  expect(deliveryConfig.read({})).toEqual({ ok: false, problems: ['SECRETS_KEY: must be set'] });
});

it.each<[Readonly<Record<string, string>>, string]>([
  [{ RETRY_DELAYS_MS: '1,2,3' }, 'RETRY_DELAYS_MS'],
  [{ RETRY_DELAYS_MS: '1,2,3,5,4' }, 'RETRY_DELAYS_MS'],
  [{ RETRY_DELAYS_MS: '1,2,3,4,x' }, 'RETRY_DELAYS_MS'],
  [{ ADDRESS_ALLOW: '10.0.0.0/8,nonsense' }, 'ADDRESS_ALLOW'],
  [{ ADDRESS_ALLOW: '0.0.0.0/0' }, 'ADDRESS_ALLOW: must not admit every address, is "0.0.0.0/0"'],
  [{ ADDRESS_ALLOW: '10.0.0.0/8,::/0' }, 'ADDRESS_ALLOW: must not admit every address'],
  [{ ADDRESS_ALLOW: '0.0.0.0/1,128.0.0.0/1' }, 'ADDRESS_ALLOW: must not admit every address'],
  [{ SECRETS_KEY: '00'.repeat(32) }, 'SECRETS_KEY: must not be all zeros'],
  [{ SECRETS_KEY: Buffer.alloc(32).toString('base64') }, 'SECRETS_KEY: must not be all zeros'],
  [{ KAFKA_SSL: 'false', KAFKA_SSL_CA_FILE: 'ca.pem' }, 'KAFKA_SSL: must not be false while KAFKA_SSL_CA_FILE is set'],
  [{ ATTEMPT_TIMEOUT: '11s' }, 'ATTEMPT_TIMEOUT'],
])('refuses %j and names the variable', (environment, name) => {
  expect(problemsOf(environment)).toEqual([expect.stringContaining(name)]);
});

it('refuses a short key without showing it', () => {
  const problems = problemsOf({ SECRETS_KEY: 'c2hvcnQgc2VjcmV0' });
  expect(problems).toEqual([expect.stringContaining('SECRETS_KEY')]);
  expect(problems.join()).not.toContain('c2hvcnQgc2VjcmV0');
});
