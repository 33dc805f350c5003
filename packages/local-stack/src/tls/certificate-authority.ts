import 'reflect-metadata';
import { createPrivateKey, randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';

/** A server's certificate and key, PEM, as `https.createServer` takes them. */
export interface ServerCertificate {
  readonly cert: string;
  readonly key: string;
}

/** A throw-away authority for this machine. Trust it through EXTRA_CA_FILE or NODE_EXTRA_CA_CERTS, never system-wide. */
export interface CertificateAuthority {
  /** PEM file of the authority's certificate. */
  readonly file: string;
  /** The same, as text. */
  readonly pem: string;
  /** A certificate for 127.0.0.1, ::1, localhost and the names given, host names or addresses, valid for 30 days. */
  issue(names?: readonly string[]): Promise<ServerCertificate>;
}

export interface AuthorityOptions {
  /** Where the certificate and the key are kept, so that a later start issues under the same authority. */
  readonly directory: string;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

interface Material {
  readonly pem: string;
  readonly keyPem: string;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 365;
const SERVER_DAYS = 30;
const SUBJECT = 'CN=Switchboard local authority';
const OWN_NAMES = ['localhost', '127.0.0.1', '::1'];

x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0]);

/** The authority kept in the directory; a new one when there is none, when it cannot be read or is about to end. */
export async function createCertificateAuthority(options: AuthorityOptions): Promise<CertificateAuthority> {
  const now = options.now ?? Date.now;
  await mkdir(options.directory, { recursive: true });
  const file = join(options.directory, 'ca.pem');
  const keyFile = join(options.directory, 'ca-key.pem');
  const kept = await readMaterial(file, keyFile, now());
  const material = kept ?? (await makeAuthority(now()));
  if (kept === undefined) {
    await writeWhole(keyFile, material.keyPem, 0o600);
    await writeWhole(file, material.pem, 0o644);
  }
  const certificate = new x509.X509Certificate(material.pem);
  const signingKey = await importKey(material.keyPem);
  return {
    file,
    pem: material.pem,
    issue: (names = []) => issue(certificate, signingKey, [...new Set([...OWN_NAMES, ...names])], now()),
  };
}

async function readMaterial(file: string, keyFile: string, now: number): Promise<Material | undefined> {
  try {
    const [pem, keyPem] = await Promise.all([readFile(file, 'utf8'), readFile(keyFile, 'utf8')]);
    const certificate = new X509Certificate(pem);
    const lasts = Date.parse(certificate.validTo) > now + SERVER_DAYS * DAY_MS;
    return lasts && certificate.checkPrivateKey(createPrivateKey(keyPem)) ? { pem, keyPem } : undefined;
  } catch {
    return undefined;
  }
}

async function makeAuthority(now: number): Promise<Material> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: SUBJECT,
    notBefore: new Date(now - DAY_MS),
    notAfter: new Date(now + AUTHORITY_DAYS * DAY_MS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { pem: certificate.toString('pem'), keyPem: await exportKey(keys.privateKey) };
}

async function issue(
  authority: x509.X509Certificate,
  signingKey: webcrypto.CryptoKey,
  names: readonly string[],
  now: number,
): Promise<ServerCertificate> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: 'CN=Switchboard local server',
    issuer: authority.subject,
    notBefore: new Date(now - DAY_MS),
    notAfter: new Date(now + SERVER_DAYS * DAY_MS),
    signingAlgorithm: ALGORITHM,
    signingKey,
    publicKey: keys.publicKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }))),
      await x509.AuthorityKeyIdentifierExtension.create(authority.publicKey),
    ],
  });
  return { cert: certificate.toString('pem'), key: await exportKey(keys.privateKey) };
}

// Positive, as the standard wants it, and with 126 random bits.
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const base64 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64');
  return `-----BEGIN PRIVATE KEY-----\n${base64.replaceAll(/(.{64})/g, '$1\n').trimEnd()}\n-----END PRIVATE KEY-----\n`;
}

function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = createPrivateKey(pem).export({ format: 'der', type: 'pkcs8' });
  return webcrypto.subtle.importKey('pkcs8', new Uint8Array(der), ALGORITHM, true, ['sign']);
}

async function writeWhole(file: string, text: string, mode: number): Promise<void> {
  const temporary = `${file}.${process.pid}.part`;
  await writeFile(temporary, text, { mode });
  await rename(temporary, file);
}
