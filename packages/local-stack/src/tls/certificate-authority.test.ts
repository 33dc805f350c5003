import { X509Certificate } from 'node:crypto';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { testDirectory } from '../testing/directory.ts';
import { httpsGet } from '../testing/https-get.ts';
import { createCertificateAuthority } from './certificate-authority.ts';
import { listenHttps } from './https-server.ts';

async function serverWith(names: string[] = []) {
  const authority = await createCertificateAuthority({ directory: await testDirectory() });
  const server = await listenHttps(await authority.issue(names), { port: 0 }, (_request, response) => response.end('hello'));
  onTestFinished(() => server.stop());
  return { authority, server };
}

describe('the certificate authority', () => {
  it('issues certificates that a client with its PEM accepts for 127.0.0.1 and localhost', async () => {
    const { authority, server } = await serverWith();
    expect((await httpsGet(server.origin, { ca: authority.pem })).body).toBe('hello');
    expect((await httpsGet(`https://localhost:${server.port}`, { ca: authority.pem })).body).toBe('hello');
  });

  it('issues certificates for the names given and for no other', async () => {
    const { authority, server } = await serverWith(['receiver']);
    expect((await httpsGet(server.origin, { ca: authority.pem, servername: 'receiver', headers: { host: 'receiver' } })).status).toBe(200);
    const other = httpsGet(server.origin, { ca: authority.pem, servername: 'another', headers: { host: 'another' } });
    await expect(other).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  });

  it('is not trusted by a client that knows another authority', async () => {
    const { server } = await serverWith();
    const another = await createCertificateAuthority({ directory: await testDirectory() });
    await expect(httpsGet(server.origin, { ca: another.pem })).rejects.toThrow(/certificate|signature/);
  });

  it('is the same authority at the next start, with a key that only its owner reads', async () => {
    const directory = await testDirectory();
    const first = await createCertificateAuthority({ directory });
    const second = await createCertificateAuthority({ directory });
    expect(second.pem).toBe(first.pem);
    expect((await stat(join(directory, 'ca-key.pem'))).mode & 0o077).toBe(0);
    const issued = new X509Certificate((await second.issue()).cert);
    expect(issued.verify(new X509Certificate(first.pem).publicKey)).toBe(true);
  });

  it('is made anew when its certificate cannot be read', async () => {
    const directory = await testDirectory();
    const first = await createCertificateAuthority({ directory });
    await writeFile(first.file, first.pem.slice(0, 200));
    const second = await createCertificateAuthority({ directory });
    expect(second.pem).not.toBe(first.pem);
    expect(new X509Certificate(second.pem).ca).toBe(true);
  });

  it('is made anew when it would end before a certificate that it issues', async () => {
    const directory = await testDirectory();
    const first = await createCertificateAuthority({ directory });
    const later = Date.now() + 340 * 86_400_000;
    const second = await createCertificateAuthority({ directory, now: () => later });
    expect(second.pem).not.toBe(first.pem);
  });

  it('gives every certificate a serial number of its own', async () => {
    const authority = await createCertificateAuthority({ directory: await testDirectory() });
    const serials = await Promise.all(
      Array.from({ length: 5 }, async () => new X509Certificate((await authority.issue()).cert).serialNumber),
    );
    expect(new Set(serials).size).toBe(5);
  });
});
