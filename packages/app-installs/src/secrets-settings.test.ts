import { defineConfig } from '@switchboard/runtime';
import { expect, it } from 'vitest';
import { secretsVariables } from './secrets-settings.ts';

const config = defineConfig(secretsVariables);
const [first, second] = ['a1'.repeat(32), Buffer.alloc(32, 2).toString('base64')];

it('reads one key, or several with commas and blanks between them, in their order', () => {
  expect(config.read({ SECRETS_KEY: first })).toEqual({ ok: true, config: { secretsKeys: [Buffer.alloc(32, 0xa1)] } });
  const both = { secretsKeys: [Buffer.alloc(32, 0xa1), Buffer.alloc(32, 2)] };
  expect(config.read({ SECRETS_KEY: `${first}, ${second}` })).toEqual({ ok: true, config: both });
});

it.each([
  [`${first},`, 'must be the base64 or hexadecimal text of 32 bytes'],
  [`${first},c2hvcnQ`, 'must be the base64 or hexadecimal text of 32 bytes'],
  [`${first},${'00'.repeat(32)}`, 'must not be all zeros'],
  [`${first},${first.toUpperCase()}`, 'must not name a key twice'],
])('refuses %j without showing it', (text, rule) => {
  const outcome = config.read({ SECRETS_KEY: text });
  expect(outcome).toEqual({ ok: false, problems: [expect.stringContaining(`SECRETS_KEY: ${rule}`)] });
  expect(JSON.stringify(outcome)).not.toContain(first);
});
