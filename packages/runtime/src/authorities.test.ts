import { X509Certificate } from 'node:crypto';
import { getCACertificates, rootCertificates, setDefaultCACertificates } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readAuthorities, trustAuthorities } from './authorities.ts';

const [first = '', second = ''] = rootCertificates;

describe('readAuthorities', () => {
  it('splits a file of 2 certificates with comments between them', () => {
    expect(readAuthorities(`# one\n${first}\n# two\n${second}\n`)).toEqual([first, second]);
  });

  it('refuses a file without a certificate, and a broken one', () => {
    expect(() => readAuthorities('nothing')).toThrow('must have at least one certificate');
    expect(() => readAuthorities('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----')).toThrow();
  });
});

describe('trustAuthorities', () => {
  it('adds to the authorities that are trusted already', () => {
    const before = getCACertificates('default');
    onTestFinished(() => setDefaultCACertificates(before));
    setDefaultCACertificates([first]);
    trustAuthorities(second);
    const fingerprints = (pems: readonly string[]) => pems.map((pem) => new X509Certificate(pem).fingerprint256).toSorted();
    expect(fingerprints(getCACertificates('default'))).toEqual(fingerprints([first, second]));
  });
});
