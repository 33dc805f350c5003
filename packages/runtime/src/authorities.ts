import { X509Certificate } from 'node:crypto';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** Splits a PEM text into certificates. Throws if it has no certificate, or a malformed one. */
export function readAuthorities(pem: string): readonly string[] {
  const found = pem.match(CERTIFICATE) ?? [];
  if (found.length === 0) throw new Error('the file of authorities must have at least one certificate');
  for (const certificate of found) new X509Certificate(certificate);
  return found;
}

/** Trusts further authorities for every TLS connection that this process opens from now on, `fetch` included. */
export function trustAuthorities(pem: string): void {
  setDefaultCACertificates([...getCACertificates('default'), ...readAuthorities(pem)]);
}
