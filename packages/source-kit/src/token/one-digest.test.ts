import * as crypto from 'node:crypto';
import { expect, it, vi } from 'vitest';
import { createTokenRig } from './testing/token-rig.ts';

vi.mock('node:crypto', { spy: true });

it('the digest of a token is computed once: when it is first seen, forged, or used before 64 others, and not for one above 16 kB', async () => {
  const rig = await createTokenRig();
  const digestsOf = async (token: string) => {
    vi.mocked(crypto.hash).mockClear();
    const { kind } = await rig.authenticate({ authorization: `Bearer ${token}` });
    return [kind, vi.mocked(crypto.hash).mock.calls.length];
  };
  const token = rig.token();
  expect(await digestsOf(token)).toEqual(['authenticated', 1]);
  expect(await digestsOf(token)).toEqual(['authenticated', 0]);
  for (let n = 0; n < 63; n += 1) await rig.authenticate({ authorization: `Bearer ${rig.token({ n })}` });
  for (let n = 0; n < 100; n += 1) {
    await rig.authenticate({ authorization: `Bearer ${rig.token({ n }, { sign: () => Buffer.alloc(256, n) })}` });
  }
  expect(await digestsOf(token)).toEqual(['authenticated', 0]);
  for (let n = 63; n < 127; n += 1) await rig.authenticate({ authorization: `Bearer ${rig.token({ n })}` });
  expect(await digestsOf(token)).toEqual(['authenticated', 1]);
  expect(await digestsOf(token)).toEqual(['authenticated', 0]);
  expect(await digestsOf(rig.token({}, { sign: () => Buffer.alloc(256, 1) }))).toEqual(['refused', 1]);
  expect(await digestsOf('x'.repeat(16_385))).toEqual(['refused', 0]);
  await rig.keySets.stop();
});
