import { expect, it } from 'vitest';
import { adminConfig } from './config.ts';

const files = { isReadable: () => true, readText: () => '' };
const required = { ADMIN_TOKENS_FILE: 'tokens.json', SECRETS_KEY: 'ab'.repeat(32) };

it('listens on 18090 and 18084 where nothing is set', () => {
  expect(adminConfig.read(required, files)).toMatchObject({ ok: true, config: { adminPort: 18_090, healthPort: 18_084 } });
});

it('needs the tokens and the key of the secrets', () => {
  expect(adminConfig.read({}, files)).toEqual({ ok: false, problems: ['ADMIN_TOKENS_FILE: must be set', 'SECRETS_KEY: must be set'] });
});

it.each([
  [{ SECRETS_KEY: '00'.repeat(32) }, 'SECRETS_KEY: must not be all zeros'],
  [{ ADDRESS_ALLOW: '0.0.0.0/0' }, 'ADDRESS_ALLOW: must not admit every address, is "0.0.0.0/0"'],
  [{ ADMIN_TLS_CERT_FILE: 'cert.pem' }, 'ADMIN_TLS_CERT_FILE and ADMIN_TLS_KEY_FILE: must be set together'],
  [{ KAFKA_SSL: 'false', KAFKA_SSL_CA_FILE: 'ca.pem' }, 'KAFKA_SSL: must not be false while KAFKA_SSL_CA_FILE is set'],
])('refuses %j', (environment, problem) => {
  expect(adminConfig.read({ ...required, ...environment }, files)).toEqual({ ok: false, problems: [expect.stringContaining(problem)] });
});
