import * as jose from 'jose';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { createTokenRig, type TokenRig } from './testing/token-rig.ts';

vi.mock('jose', { spy: true });

let rig: TokenRig;

beforeAll(async () => {
  rig = await createTokenRig();
});

beforeEach(() => {
  vi.mocked(jose.compactVerify).mockClear();
});

afterAll(() => rig.keySets.stop());

const nextCharacter = (text: string) => text.slice(0, -1) + String.fromCharCode(text.charCodeAt(text.length - 1) + 1);
const otherSignature = (segment: string) => (segment.startsWith('A') ? 'B' : 'A') + segment.slice(1);
const text = (value: object) => JSON.stringify(value);

const refusedBefore: readonly (readonly [string, () => string])[] = [
  ['a signature with unused bits set', () => rig.withSegment(2, nextCharacter)],
  ['a padded signature', () => rig.withSegment(2, (segment) => `${segment}==`)],
  ['a signature in plain base64', () => rig.withSegment(2, (segment) => `${segment.slice(0, -2)}+/`)],
  ['a signature with a foreign character', () => rig.withSegment(2, (segment) => `${segment}!`)],
  ['a wrong signature, which node:crypto refuses', () => rig.withSegment(2, otherSignature)],
  ['no signature', () => rig.withSegment(2, () => '')],
  ['padded claims', () => rig.withSegment(1, (segment) => `${segment}=`)],
  ['a header with duplicate alg', () => rig.token({}, { headerText: `{"alg":"RS256","alg":"RS256","kid":"${rig.issuer.kid}"}` })],
  ['critical headers', () => rig.token({}, { header: { crit: ['x'], x: 1 } })],
  ['another algorithm', () => rig.token({}, { header: { alg: 'RS512' } })],
  ['claims that are no object', () => rig.token({}, { claimsText: text([]) })],
  ['an expiry in the past', () => rig.token({ iat: 0, nbf: 0, exp: 1 })],
  ['another audience', () => rig.token({ aud: 'app-2' })],
  ['an unknown key', () => rig.token({}, { header: { kid: 'unknown' } })],
];

it.each(refusedBefore)('a token with %s is refused before jose sees it', async (_, token) => {
  expect(await rig.authenticate({ authorization: `Bearer ${token()}` })).not.toMatchObject({ kind: 'authenticated' });
  expect(jose.compactVerify).not.toHaveBeenCalled();
});

it('a well-formed token is verified by jose with RS256 as the only algorithm, once in two requests', async () => {
  const token = rig.token();
  const first = await rig.authenticate({ authorization: `Bearer ${token}` });
  expect(first.kind).toBe('authenticated');
  expect(await rig.authenticate({ authorization: `Bearer ${token}` })).toEqual(first);
  expect(vi.mocked(jose.compactVerify).mock.calls.map(([jws, , options]) => [jws, options])).toEqual([[token, { algorithms: ['RS256'] }]]);
});

it('a token whose signature node:crypto accepts is refused where jose refuses it', async () => {
  vi.mocked(jose.compactVerify).mockRejectedValueOnce(new jose.errors.JWSSignatureVerificationFailed());
  const outcome = await rig.authenticate({ authorization: `Bearer ${rig.token({ jti: 'refused-by-jose' })}` });
  expect(outcome).toMatchObject({ kind: 'refused', code: 'ERR_VERIFY_TOKEN_SIGNATURE' });
});

it('the keys of a set are imported by jose', async () => {
  const fresh = await createTokenRig();
  await fresh.authenticate({ authorization: `Bearer ${fresh.token()}` });
  expect(jose.importJWK).toHaveBeenCalledWith(expect.objectContaining({ kty: 'RSA', e: 'AQAB' }), 'RS256');
  await fresh.keySets.stop();
});
