import { X509Certificate } from 'node:crypto';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** Splits a PEM text into certificates; throws when it holds none or a broken one. */
export function readAuthorities(pem: string): readonly string[] {
  const found = pem.match(CERTIFICATE) ?? [];
  if (found.length === 0) throw new Error('the file of authorities holds no certificate');
  for (const certificate of found) new X509Certificate(certificate);
  return found;
}

/** Trusts further authorities for every TLS connection that this process opens from now on, `fetch` included. */
export function trustAuthorities(pem: string): void {
  setDefaultCACertificates([...getCACertificates('default'), ...readAuthorities(pem)]);
}
