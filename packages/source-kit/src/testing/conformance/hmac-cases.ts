import assert from 'node:assert/strict';
import type { InboundRequest } from '../../source.ts';
import { expectHeadRefused, expectRefused } from './expectations.ts';
import type { ConformanceCase } from './options.ts';
import type { Rig } from './setup.ts';

/** What holds for every source that shares a key with its sender. */
export function hmacCases(rigged: () => Promise<Rig>): readonly ConformanceCase[] {
  return [
    {
      name: 'refuses a body with any single bit flipped',
      run: async () => {
        const rig = await rigged();
        const request = firstRequest(rig);
        for (const [bit, body] of flips(request.body))
          await expectRefused(rig, { ...request, body }, ['ERR_VERIFY_HMAC_MISMATCH'], `bit ${bit}`);
      },
    },
    {
      name: 'refuses a MAC with any single bit flipped',
      run: async () => {
        const rig = await rigged();
        const request = firstRequest(rig);
        const mac = Buffer.from((request.headers.authorization ?? '').replace(/^HMAC /, ''), 'base64');
        assert.equal(mac.length, 32);
        for (const [bit, changed] of flips(mac)) {
          const headers = { ...request.headers, authorization: `HMAC ${changed.toString('base64')}` };
          await expectRefused(rig, { ...request, headers }, ['ERR_VERIFY_HMAC_MISMATCH'], `bit ${bit}`);
        }
      },
    },
    {
      name: 'refuses a body that is cut short, longer by one blank, serialized again or empty',
      run: async () => {
        const rig = await rigged();
        const request = firstRequest(rig);
        const { body } = request;
        const again = Buffer.from(JSON.stringify(JSON.parse(body.toString()), null, 1));
        for (const changed of [body.subarray(0, -1), Buffer.concat([body, Buffer.from(' ')]), again]) {
          await expectRefused(rig, { ...request, body: changed }, ['ERR_VERIFY_HMAC_MISMATCH']);
        }
        await expectRefused(rig, { ...request, body: Buffer.alloc(0) }, ['ERR_VERIFY_HMAC_BODY_EMPTY']);
      },
    },
    {
      name: 'refuses a MAC that is not canonical base64 of 32 bytes',
      run: async () => {
        const rig = await rigged();
        const request = firstRequest(rig);
        const mac = (request.headers.authorization ?? '').replace(/^HMAC /, '');
        const unusedBits = mac.replace(/(.)=$/, (_, last: string) => `${String.fromCharCode(last.charCodeAt(0) + 1)}=`);
        for (const changed of [mac.slice(0, -1), `${mac}=`, `${mac}A`, unusedBits, Buffer.alloc(31).toString('base64'), '=']) {
          await expectHeadRefused(
            rig,
            { ...request, headers: { ...request.headers, authorization: `HMAC ${changed}` } },
            ['ERR_VERIFY_HMAC_FORM'],
            changed,
          );
        }
      },
    },
  ];
}

function firstRequest(rig: Rig): InboundRequest {
  return rig.samples[0]?.request as InboundRequest;
}

function* flips(bytes: Buffer): Generator<readonly [number, Buffer]> {
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = Buffer.from(bytes);
    flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
    yield [bit, flipped];
  }
}
