import { constants, createHash, generateKeyPairSync, privateEncrypt, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTokenRig, hs256, type TokenRig, valid } from './testing/token-rig.ts';

type Forgery = readonly [what: string, code: string, token: () => string];

let rig: TokenRig;

beforeAll(async () => {
  rig = await createTokenRig();
});

afterAll(() => rig.keySets.stop());

const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const text = (value: object) => JSON.stringify(value);
const segment = (content: string) => Buffer.from(content).toString('base64url');
const withOtherKey = (signed: Buffer) => sign('RSA-SHA256', signed, other.privateKey);
const header = () => text({ alg: 'RS256', typ: 'JWT', kid: rig.issuer.kid });

const refused: readonly Forgery[] = [
  // Form
  ['is empty segments', 'FORM', () => '..'],
  ['has two segments', 'FORM', () => rig.token().split('.').slice(0, 2).join('.')],
  ['has four segments', 'FORM', () => `${rig.token()}.x`],
  ['has the five segments of an encrypted token', 'FORM', () => `${rig.token()}.x.y`],
  ['has no signature', 'FORM', () => rig.withSegment(2, () => '')],
  ['has a padded signature', 'FORM', () => rig.withSegment(2, (s) => `${s}==`)],
  [
    'has a signature with unused bits set',
    'FORM',
    () => rig.withSegment(2, (s) => s.slice(0, -1) + String.fromCharCode(s.charCodeAt(s.length - 1) + 1)),
  ],
  ['is in plain base64', 'FORM', () => rig.withSegment(2, (s) => `${s.slice(0, -2)}+/`)],
  ['has a line feed escaped in a segment', 'FORM', () => rig.withSegment(1, (s) => `${s}%0A`)],
  ['has a header of one base64 character', 'FORM', () => rig.withSegment(0, () => 'e')],
  ['is longer than 16 kB', 'SIZE', () => rig.token({ filler: 'x'.repeat(16_384) })],
  ['is one megabyte', 'SIZE', () => 'x'.repeat(1_048_576)],
  // JSON
  ['has a header that is no JSON', 'JSON', () => rig.token({}, { headerText: '{alg:RS256}' })],
  ['has a header that is a list', 'JSON', () => rig.token({}, { headerText: '[]' })],
  ['has a header that is null', 'JSON', () => rig.token({}, { headerText: 'null' })],
  ['has a byte order mark before the header', 'JSON', () => rig.token({}, { headerText: `\ufeff${header()}` })],
  ['has a byte order mark before the claims', 'JSON', () => rig.token({}, { claimsText: `\ufeff${text(valid)}` })],
  ['has duplicate alg', 'JSON', () => rig.token({}, { headerText: `{"alg":"none","alg":"RS256","kid":"${rig.issuer.kid}"}` })],
  [
    'has duplicate kid, once escaped',
    'JSON',
    () => rig.token({}, { headerText: `{"alg":"RS256","k\\u0069d":"x","kid":"${rig.issuer.kid}"}` }),
  ],
  ['has duplicate aud', 'JSON', () => rig.token({}, { claimsText: `{"aud":"other",${text(valid).slice(1)}` })],
  ['has duplicate members inside a claim', 'JSON', () => rig.token({}, { claimsText: `{"x":{"a":1,"a":2},${text(valid).slice(1)}` })],
  ['has claims that are a list', 'JSON', () => rig.token({}, { claimsText: `[${text(valid)}]` })],
  ['has claims that are a string', 'JSON', () => rig.token({}, { claimsText: '"claims"' })],
  ['has claims with a comma at the end', 'JSON', () => rig.token({}, { claimsText: `${text(valid).slice(0, -1)},}` })],
  ['has claims after which something follows', 'JSON', () => rig.token({}, { claimsText: `${text(valid)}{}` })],
  ['has claims with NaN', 'JSON', () => rig.token({}, { claimsText: text(valid).replace(/"exp":\d+/, '"exp":NaN') })],
  [
    'has claims nested 65 deep',
    'JSON',
    () => rig.token({}, { claimsText: `{"x":${'['.repeat(64)}${']'.repeat(64)},${text(valid).slice(1)}` }),
  ],
  [
    'has claims in broken UTF-8',
    'JSON',
    () => rig.withSegment(1, () => Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d]).toString('base64url')),
  ],
  ['is a token inside a token', 'JSON', () => rig.token({}, { claimsText: rig.token() })],
  // Algorithm
  ['has alg none and no signature', 'FORM', () => `${segment(text({ alg: 'none', kid: rig.issuer.kid }))}.${segment(text(valid))}.`],
  ['has alg none and a valid signature', 'ALGORITHM', () => rig.token({}, { header: { alg: 'none' } })],
  ['has alg nOnE', 'ALGORITHM', () => rig.token({}, { header: { alg: 'nOnE' } })],
  ['has no alg', 'ALGORITHM', () => rig.token({}, { header: { alg: undefined } })],
  ['has alg rs256', 'ALGORITHM', () => rig.token({}, { header: { alg: 'rs256' } })],
  ['has a list of algs', 'ALGORITHM', () => rig.token({}, { header: { alg: ['RS256'] } })],
  [
    'is signed with RS384',
    'ALGORITHM',
    () => rig.token({}, { header: { alg: 'RS384' }, sign: (signed) => sign('RSA-SHA384', signed, other.privateKey) }),
  ],
  ['is signed with RS512', 'ALGORITHM', () => rig.token({}, { header: { alg: 'RS512' } })],
  ['says PS256', 'ALGORITHM', () => rig.token({}, { header: { alg: 'PS256' } })],
  [
    'is signed with ES256',
    'ALGORITHM',
    () =>
      rig.token(
        {},
        { header: { alg: 'ES256' }, sign: (signed) => sign('sha256', signed, { key: curve.privateKey, dsaEncoding: 'ieee-p1363' }) },
      ),
  ],
  ['says ES256 with r and s zero', 'ALGORITHM', () => rig.token({}, { header: { alg: 'ES256' }, sign: () => Buffer.alloc(64) })],
  ['says EdDSA', 'ALGORITHM', () => rig.token({}, { header: { alg: 'EdDSA' } })],
  [
    'is signed with HS256 and the public key as PEM',
    'ALGORITHM',
    () => rig.token({}, hs256(other.publicKey.export({ type: 'spki', format: 'pem' }) as string)),
  ],
  ['is signed with HS256 and the public key as JWK', 'ALGORITHM', () => rig.token({}, hs256(text(rig.issuer.jwks().keys[0] as object)))],
  ['is signed with HS256 and an empty secret', 'ALGORITHM', () => rig.token({}, hs256(''))],
  // Header
  ['has no kid', 'HEADER', () => rig.token({}, { header: { kid: undefined } })],
  ['has a kid that is a number', 'HEADER', () => rig.token({}, { header: { kid: 1 } })],
  ['has a kid that is a list', 'HEADER', () => rig.token({}, { header: { kid: [rig.issuer.kid] } })],
  ['has an empty kid', 'HEADER', () => rig.token({}, { header: { kid: '' } })],
  ['has a kid of 257 characters', 'HEADER', () => rig.token({}, { header: { kid: 'k'.repeat(257) } })],
  ['has an unknown critical header', 'HEADER', () => rig.token({}, { header: { crit: ['x'], x: 1 } })],
  ['has an empty list of critical headers', 'HEADER', () => rig.token({}, { header: { crit: [] } })],
  ['has critical headers that are null', 'HEADER', () => rig.token({}, { header: { crit: null } })],
  ['has an unencoded payload', 'HEADER', () => rig.token({}, { header: { b64: false, crit: ['b64'] } })],
  ['has b64 true', 'HEADER', () => rig.token({}, { header: { b64: true } })],
  ['is compressed', 'HEADER', () => rig.token({}, { header: { zip: 'DEF' } })],
  ['has typ JWE', 'HEADER', () => rig.token({}, { header: { typ: 'JWE' } })],
  ['has typ at+jwt', 'HEADER', () => rig.token({}, { header: { typ: 'at+jwt' } })],
  ['has a typ that is no text', 'HEADER', () => rig.token({}, { header: { typ: true } })],
  // Key
  ['names no key of the set', 'KEY_UNKNOWN', () => rig.token({}, { header: { kid: 'absent' } })],
  ['names __proto__ as its key', 'KEY_UNKNOWN', () => rig.token({}, { header: { kid: '__proto__' } })],
  ['names a file as its key', 'KEY_UNKNOWN', () => rig.token({}, { header: { kid: '../../../../dev/null' } })],
  ['names the key with a blank', 'KEY_UNKNOWN', () => rig.token({}, { header: { kid: `${rig.issuer.kid} ` } })],
  // Signature
  [
    'brings its own key',
    'SIGNATURE',
    () =>
      rig.token(
        {},
        {
          header: { jwk: other.publicKey.export({ format: 'jwk' }) },
          sign: withOtherKey,
        },
      ),
  ],
  ['says where its own keys are', 'SIGNATURE', () => rig.token({}, { header: { jku: 'https://evil.example/keys' }, sign: withOtherKey })],
  [
    'brings its own certificate',
    'SIGNATURE',
    () => rig.token({}, { header: { x5c: ['MIIB'], x5u: 'https://evil.example/cert' }, sign: withOtherKey }),
  ],
  [
    'is signed with PS256 under the name RS256',
    'SIGNATURE',
    () =>
      rig.token(
        {},
        { sign: (signed) => sign('RSA-SHA256', signed, { key: rig.key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }) },
      ),
  ],
  [
    'is signed over the digest without its prefix',
    'SIGNATURE',
    () => rig.token({}, { sign: (signed) => privateEncrypt(rig.key, createHash('sha256').update(signed).digest()) }),
  ],
  ['has a signature of zeros', 'SIGNATURE', () => rig.token({}, { sign: () => Buffer.alloc(256) })],
  ['has a signature of ones', 'SIGNATURE', () => rig.token({}, { sign: () => Buffer.alloc(256, 0xff) })],
  [
    'has a signature cut by a byte',
    'SIGNATURE',
    () => rig.token({}, { sign: (signed) => sign('RSA-SHA256', signed, rig.key).subarray(0, 255) }),
  ],
  [
    'has a signature longer by a byte',
    'SIGNATURE',
    () => rig.token({}, { sign: (signed) => Buffer.concat([sign('RSA-SHA256', signed, rig.key), Buffer.alloc(1)]) }),
  ],
  [
    'has the signature of other claims',
    'SIGNATURE',
    () => `${rig.token().split('.').slice(0, 2).join('.')}.${rig.token({ tid: 'other' }).split('.')[2]}`,
  ],
];

describe('a token is refused when it', () => {
  it.each(refused.map(([what, code, token]) => ({ what, code, token })))('$what: ERR_VERIFY_TOKEN_$code', async ({ code, token }) => {
    expect(await rig.authenticate({ authorization: `Bearer ${token()}` })).toMatchObject({
      kind: 'refused',
      code: `ERR_VERIFY_TOKEN_${code}`,
    });
  });

  it('has no URL of it fetched', () => {
    expect(new Set(rig.fetched)).toEqual(new Set([rig.issuer.metadataUrl, 'https://issuer.example/.well-known/keys']));
  });
});
