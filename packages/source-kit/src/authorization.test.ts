import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTokenRig, type TokenRig } from './token/testing/token-rig.ts';

let rig: TokenRig;

beforeAll(async () => {
  rig = await createTokenRig();
});

afterAll(() => rig.keySets.stop());

describe('the Authorization header', () => {
  const headers: readonly (readonly [string, string, () => string | undefined])[] = [
    ['is absent', 'MISSING', () => undefined],
    ['is empty', 'MISSING', () => ''],
    ['has the scheme in lower case', 'SCHEME', () => `bearer ${rig.token()}`],
    ['has another scheme', 'SCHEME', () => `Basic ${rig.token()}`],
    ['has the scheme of the other credential', 'SCHEME', () => `HMAC ${rig.token()}`],
    ['has no scheme', 'SCHEME', () => rig.token()],
    ['starts with a blank', 'SCHEME', () => ` Bearer ${rig.token()}`],
    ['has a tab after the scheme', 'SCHEME', () => `Bearer\t${rig.token()}`],
    ['has the scheme alone', 'SYNTAX', () => 'Bearer'],
    ['has a blank for a token', 'SYNTAX', () => 'Bearer '],
    ['has two blanks after the scheme', 'SYNTAX', () => `Bearer  ${rig.token()}`],
    ['has a blank and a tab after the scheme', 'SYNTAX', () => `Bearer \t${rig.token()}`],
    ['has two tokens', 'SYNTAX', () => `Bearer ${rig.token()} ${rig.token()}`],
    ['has two credentials joined with a comma', 'SYNTAX', () => `Bearer ${rig.token()}, Bearer ${rig.token()}`],
    ['ends with a blank', 'SYNTAX', () => `Bearer ${rig.token()} `],
    ['has a character outside ASCII', 'SYNTAX', () => `Bearer ${rig.token()}é`],
    ['has a NUL', 'SYNTAX', () => `Bearer ${rig.token()}\0`],
  ];
  it.each(headers)('that %s is refused: ERR_VERIFY_AUTHORIZATION_%s', async (_, code, make) => {
    const authorization = make();
    expect(await rig.authenticate(authorization === undefined ? {} : { authorization })).toEqual({
      kind: 'refused',
      code: `ERR_VERIFY_AUTHORIZATION_${code}`,
    });
  });

  it('that came twice is refused even when both are the same', async () => {
    expect(await rig.authenticate({ authorization: `Bearer ${rig.token()}` }, {}, ['authorization'])).toEqual({
      kind: 'refused',
      code: 'ERR_VERIFY_AUTHORIZATION_DUPLICATE',
    });
  });

  it('is not looked for among inherited members', async () => {
    const headers = Object.create({ authorization: `Bearer ${rig.token()}` }) as Record<string, string>;
    expect(await rig.authenticate(headers)).toEqual({
      kind: 'refused',
      code: 'ERR_VERIFY_AUTHORIZATION_MISSING',
    });
  });
});
