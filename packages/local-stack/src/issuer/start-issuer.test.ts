import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createKeySets } from '@switchboard/source-kit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { testDirectory } from '../testing/directory.ts';
import { httpsGet } from '../testing/https-get.ts';
import { createCertificateAuthority } from '../tls/certificate-authority.ts';
import { issuerNames } from './issuer-names.ts';
import { startIssuer } from './start-issuer.ts';

async function start(keysFile?: string) {
  const authority = await createCertificateAuthority({ directory: await testDirectory() });
  const issuer = await startIssuer({ authority, ...(keysFile === undefined ? {} : { keysFile }) });
  onTestFinished(() => issuer.stop());
  const get = (url: string, timeoutMs = 5_000) => httpsGet(url, { ca: authority.pem, timeoutMs });
  const overHttps: typeof fetch = async (input) => {
    const { status, body, headers } = await get(String(input));
    return new Response(body, { status, headers: { 'content-type': String(headers['content-type']) } });
  };
  return { authority, issuer, get, overHttps };
}

describe('the local issuer', () => {
  it.each(issuerNames)('serves metadata and keys of %s that the key sets of the ingress take', async (name) => {
    const { issuer, overHttps } = await start();
    const keySets = createKeySets({ fetch: overHttps });
    onTestFinished(() => keySets.stop());
    const { metadataUrl, kid } = issuer.issuers[name];
    expect(metadataUrl.startsWith(issuer.origin)).toBe(true);
    expect(await keySets.find(metadataUrl, kid)).toMatchObject({ kind: 'found', key: { kid } });
  });

  it('endorses channels with the keys of the Bot Framework only', async () => {
    const { issuer, overHttps } = await start();
    const keySets = createKeySets({ fetch: overHttps });
    onTestFinished(() => keySets.stop());
    const endorsements = async (name: 'bot-framework' | 'calling') => {
      const { metadataUrl, kid } = issuer.issuers[name];
      const found = await keySets.find(metadataUrl, kid);
      return found.kind === 'found' ? found.key.endorsements : found.kind;
    };
    expect(await endorsements('bot-framework')).toContain('msteams');
    expect(await endorsements('calling')).toEqual([]);
  });

  it('keeps its keys, rotated ones too, for the next start', async () => {
    const keysFile = join(await testDirectory(), 'issuer-keys.json');
    const first = await start(keysFile);
    const kid = await first.issuer.rotate('calling');
    const second = await start(keysFile);
    expect(second.issuer.issuers.calling.kid).toBe(kid);
    expect(second.issuer.issuers.calling.jwks()).toEqual(first.issuer.issuers.calling.jwks());
    expect((await stat(keysFile)).mode & 0o077).toBe(0);
  });

  it('answers 404 for any other path', async () => {
    const { issuer, get } = await start();
    expect((await get(`${issuer.origin}/elsewhere/.well-known/openid-configuration`)).status).toBe(404);
  });

  it('fails for one issuer as told and heals', async () => {
    const { issuer, get } = await start();
    const url = issuer.issuers.ucwa.metadataUrl;
    const other = issuer.issuers.calling.metadataUrl;

    issuer.fail({ kind: 'down' }, 'ucwa');
    await expect(get(url)).rejects.toThrow(/hang up|ECONNRESET/);
    expect((await get(other)).status).toBe(200);

    issuer.fail({ kind: 'html' }, 'ucwa');
    expect(await get(url)).toMatchObject({ status: 200, headers: { 'content-type': 'text/html' } });
    issuer.fail({ kind: 'error' }, 'ucwa');
    expect((await get(url)).status).toBe(500);
    issuer.fail({ kind: 'slow', delayMs: 20 }, 'ucwa');
    expect((await get(url)).status).toBe(200);

    issuer.fail(undefined);
    expect(JSON.parse((await get(url)).body)).toMatchObject({ issuer: 'https://sts.windows.net/{tenantid}/' });
  });

  it('sends a document without end when told to', async () => {
    const { issuer, get } = await start();
    issuer.fail({ kind: 'huge' });
    await expect(get(issuer.issuers.calling.metadataUrl, 300)).rejects.toThrow('no whole answer in time');
  });
});
