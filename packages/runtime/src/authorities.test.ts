import { rootCertificates } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { readAuthorities } from './authorities.ts';

const [first = '', second = ''] = rootCertificates;

describe('readAuthorities', () => {
  it('splits a file of several certificates, whatever stands between them', () => {
    expect(readAuthorities(`# one\n${first}\n# two\n${second}\n`)).toEqual([first, second]);
  });

  it('refuses a file without a certificate, and a broken one', () => {
    expect(() => readAuthorities('nothing')).toThrow('holds no certificate');
    expect(() => readAuthorities('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----')).toThrow();
  });
});
