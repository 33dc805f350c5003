import { describe, expect, it } from 'vitest';
import { isFetchableUrl, isKeysUrlOf } from './issuer-urls.ts';

describe('an address to fetch from', () => {
  it.each([['https://login.example.com/x'], ['https://127.0.0.1:8443/x']])('may be %s', (url) => {
    expect(isFetchableUrl(url, false)).toBe(true);
  });

  it.each([['http://127.0.0.1:8080/x'], ['http://[::1]:8080/x'], ['http://localhost/x'], ['http://127.8.9.1/x']])(
    'may be %s only where loopback is admitted',
    (url) => {
      expect([isFetchableUrl(url, true), isFetchableUrl(url, false)]).toEqual([true, false]);
    },
  );

  it.each([
    ['http://login.example.com/x'],
    ['http://127.0.0.1.example.com/x'],
    ['http://10.0.0.1/x'],
    ['ftp://127.0.0.1/x'],
    ['https://user@login.example.com/x'],
    ['//login.example.com/x'],
    ['/x'],
    [''],
    ['javascript:alert(1)'],
  ])('is never %s', (url) => {
    expect(isFetchableUrl(url, true)).toBe(false);
  });
});

describe('the address of the keys', () => {
  const metadata = 'https://login.example.com:8443/metadata';

  it.each([['https://login.example.com:8443/keys'], ['https://keys.example.net/v1'], ['https://login.windows.net/common/discovery/keys']])(
    'may be %s',
    (url) => {
      expect(isKeysUrlOf(url, metadata, false)).toBe(true);
    },
  );

  it.each([
    ['https://login.example.com:9443/keys'],
    ['https://keys.example.net:8443/keys'],
    ['https://10.0.0.5/keys'],
    ['https://2130706433/keys'],
    ['https://[fd00::1]/keys'],
    ['https://localhost/keys'],
    ['https://vault/keys'],
    ['https://vault.internal/keys'],
    ['https://metadata.google.internal./keys'],
    ['http://login.example.com:8443/keys'],
  ])('is never %s', (url) => {
    expect(isKeysUrlOf(url, metadata, true)).toBe(false);
  });
});
