import { createPrivateKey, type JsonWebKey } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
import { createSampleSigner, type SampleSignerOptions } from './create-sample-signer.ts';
import { verifyHmac } from './hmac/verify-hmac.ts';
import { createTestIssuer } from './testing/test-issuer.ts';

const issuer = await createTestIssuer();
const jwk = issuer.privateKeys()[0] as JsonWebKey;
const hmacKey = Buffer.alloc(32, 3);

function signer(changes: Partial<SampleSignerOptions> = {}) {
  return createSampleSigner({
    app: 'contoso',
    audience: 'app-1',
    tenantId: 'tenant-1',
    issuerKey: { kid: issuer.kid, key: jwk },
    hmacKey: hmacKey.toString('base64'),
    hmacId: 'hook',
    now: 1_466_741_440_123,
    ...changes,
  });
}

describe('a sample signer', () => {
  it('sets the times of a token unless the claims do', async () => {
    expect(decodeJwt(await signer().token({ aud: 'x' }))).toEqual({ aud: 'x', iat: 1_466_741_440, nbf: 1_466_741_440, exp: 1_466_745_340 });
    expect(decodeJwt(await signer().token({ exp: 1, iat: 2, nbf: 3 }))).toEqual({ exp: 1, iat: 2, nbf: 3 });
    expect(decodeProtectedHeader(await signer().token({}))).toEqual({ alg: 'RS256', typ: 'JWT', kid: issuer.kid });
  });

  it('signs the same with a key in PEM', async () => {
    const pem = createPrivateKey({ key: jwk, format: 'jwk' }).export({ type: 'pkcs8', format: 'pem' }) as string;
    expect(await signer({ issuerKey: { kid: issuer.kid, key: pem } }).token({ aud: 'x' })).toBe(await signer().token({ aud: 'x' }));
  });

  it('signs bodies as the verifier expects', () => {
    const body = Buffer.from('{}');
    expect(verifyHmac({ headers: { authorization: signer().hmac(body) }, duplicateHeaders: [], body }, [hmacKey]).kind).toBe('verified');
  });

  it('gives a fresh id each time', () => {
    const { id } = signer();
    expect(id()).not.toBe(id());
  });

  it('says which key it cannot read, and does not show it', () => {
    expect(() => signer({ hmacKey: 'c2VjcmV0' })).toThrow('hmacKey must be base64 of 32 bytes, 44 characters (got 8)');
    expect(() => signer({ issuerKey: { kid: 'k', key: 'secret' } })).toThrow(/^issuerKey must be a private RSA key as JWK or PEM$/);
  });
});
