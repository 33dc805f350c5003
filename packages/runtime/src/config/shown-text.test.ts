import { describe, expect, it } from 'vitest';
import { defineConfig } from './define-config.ts';
import { registryVariables } from './shared-variables.ts';
import { shownUrl } from './shown-text.ts';

describe('shownUrl', () => {
  it.each([
    ['https://example.org/apis/v7', 'https://example.org/apis/v7'],
    ['https://user:hunter2@example.org:8081/apis', 'https://[redacted]@example.org:8081/apis'],
    ['https://hunter2@example.org', 'https://[redacted]@example.org/'],
    ['https://example.org/apis?token=hunter2', 'https://example.org/apis?[redacted]'],
    ['https://example.org/apis#hunter2', 'https://example.org/apis?[redacted]'],
    ['ftp://user:hunter2@example.org', 'ftp://[redacted]@example.org/'],
    ['user:hunter2@example.org', '[redacted]'],
    ['http://user:hunter2/x@example.org', '[redacted]'],
    ['http://user/hunter2@example.org', '[redacted]'],
    ['http://user:hun?ter2@example.org', '[redacted]'],
    ['http://user:hunter2@exa mple.org', '[redacted]'],
    ['not a url', 'not a url'],
  ])('shows %s as %s', (text, shown) => {
    expect(shownUrl(text)).toBe(shown);
  });
});

describe('SCHEMA_REGISTRY_URL', () => {
  const registry = defineConfig(registryVariables);

  it('with a password is refused without showing it, and SCHEMA_REGISTRY_AUTH is named', () => {
    expect(registry.read({ SCHEMA_REGISTRY_URL: 'https://user:hunter2@registry.example/apis' })).toEqual({
      ok: false,
      problems: [
        'SCHEMA_REGISTRY_URL: must hold no user name or password, set SCHEMA_REGISTRY_AUTH instead, is "https://[redacted]@registry.example/apis"',
      ],
    });
  });

  it.each(['ftp://user:hunter2@registry.example', 'user:hunter2@registry.example', 'http://user:hunter2@'])(
    'does not show the password of %s, which breaks another rule',
    (url) => {
      const outcome = registry.read({ SCHEMA_REGISTRY_URL: url });
      expect(outcome.ok).toBe(false);
      expect(JSON.stringify(outcome)).not.toContain('hunter2');
    },
  );

  it('is in the summary without its query', () => {
    const outcome = registry.read({ SCHEMA_REGISTRY_URL: 'https://registry.example/apis?token=hunter2' });
    if (!outcome.ok) throw new Error(outcome.problems.join());
    expect(registry.summary(outcome.config).SCHEMA_REGISTRY_URL).toBe('https://registry.example/apis?[redacted]');
  });
});

it('does not show a password in an item of a list', () => {
  const hosts = defineConfig({ hosts: { name: 'HOSTS', type: 'list', pattern: /^[a-z.]+:\d+$/, doc: 'Hosts.' } });
  expect(hosts.read({ HOSTS: 'a.example:1,user:hunter2@b.example:2' })).toEqual({
    ok: false,
    problems: ['HOSTS: must hold items that match ^[a-z.]+:\\d+$, is "a.example:1,[redacted]@b.example:2"'],
  });
});
