import fc from 'fast-check';
import { compactVerify, importJWK } from 'jose';
import { expect, it } from 'vitest';
import { createTokenRig } from './testing/token-rig.ts';

it('never accepts a changed token, nor one that the JWT library alone refuses, and accepts every one that was signed', async () => {
  const rig = await createTokenRig();
  const key = await importJWK(rig.issuer.jwks().keys[0] as never, 'RS256');
  const change = fc.tuple(fc.nat(), fc.constantFrom('A', '-', '_', 'z', '0', '.', '=', ' ', 'e'));
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue()), fc.option(change), async (claims, changed) => {
      const valid = rig.token(
        Object.fromEntries(Object.entries(claims).filter(([name]) => !['iss', 'aud', 'tid', 'exp', 'nbf', 'iat'].includes(name))),
      );
      const at = changed === null ? 0 : changed[0] % valid.length;
      const token = changed === null ? valid : valid.slice(0, at) + changed[1] + valid.slice(at + 1);
      const outcome = await rig.authenticate({ authorization: `Bearer ${token}` });
      const accepted = await compactVerify(token, key, { algorithms: ['RS256'] }).then(
        () => true,
        () => false,
      );
      if (token === valid) expect([outcome.kind, accepted]).toEqual(['authenticated', true]);
      else expect(outcome.kind).not.toBe('authenticated');
      if (!accepted) expect(outcome.kind).not.toBe('authenticated');
    }),
    { numRuns: 300 },
  );
  await rig.keySets.stop();
});
