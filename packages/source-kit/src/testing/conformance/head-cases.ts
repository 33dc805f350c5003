import assert from 'node:assert/strict';
import type { InboundHead, InboundRequest, Principal } from '../../source.ts';
import { headOf } from '../authenticate-and-verify.ts';
import { authenticateIn, expectHeadRefused, verifyIn } from './expectations.ts';
import type { ConformanceCase } from './options.ts';
import { app, type Rig } from './setup.ts';

const STORED: readonly (keyof Principal)[] = ['scheme', 'issuer', 'subject', 'tenantId', 'keyId'];

/** What is decided before the body of a request is read, and what only afterwards. */
export function headCases(rigged: () => Promise<Rig>): readonly ConformanceCase[] {
  return [
    {
      name: 'authenticates from the head alone, and never looks for a body in it',
      run: async () => {
        const rig = await rigged();
        for (const { sample, request } of rig.samples) {
          const { head, touched } = watchedHead(request);
          const outcome = await authenticateIn(rig, head);
          assert.ok(!touched(), `${sample.name}: authenticate looked for a body`);
          assert.deepEqual(outcome, await authenticateIn(rig, headOf(request)), sample.name);
        }
      },
    },
    {
      name: 'says at the head whether a token is valid, and leaves a MAC to its body',
      run: async () => {
        const rig = await rigged();
        const expected = rig.scheme === 'Bearer' ? 'authenticated' : 'needs-body';
        for (const { sample, request } of rig.samples) {
          const outcome = await authenticateIn(rig, headOf(request));
          assert.equal(outcome.kind, expected, `${sample.name}: ${JSON.stringify(outcome)}`);
          const { authorization: _, ...headers } = request.headers;
          await expectHeadRefused(rig, { ...request, headers }, ['ERR_VERIFY_AUTHORIZATION_MISSING'], sample.name);
        }
      },
    },
    {
      name: 'verifies no token that authenticate did not authenticate',
      run: async () => {
        const rig = await rigged();
        if (rig.scheme !== 'Bearer') return;
        for (const { sample, request } of rig.samples) {
          const outcome = rig.source.verify(request, null, { app, entry: rig.entry });
          assert.equal(outcome.kind, 'refused', `${sample.name}: ${JSON.stringify(outcome)}`);
        }
      },
    },
    {
      name: 'verifies a principal of the five members that are stored, without claims and endorsements',
      run: async () => {
        const rig = await rigged();
        for (const { sample, request } of rig.samples) {
          const outcome = await verifyIn(rig, request);
          assert.ok(outcome.kind === 'verified', `${sample.name}: ${JSON.stringify(outcome)}`);
          assert.deepEqual(Object.keys(outcome.principal).sort(), [...STORED].sort(), sample.name);
        }
      },
    },
  ];
}

/** A head that notices when somebody looks for a body in it. */
function watchedHead(request: InboundRequest): { readonly head: InboundHead; readonly touched: () => boolean } {
  let count = 0;
  const head = new Proxy(headOf(request), {
    get(target, name, receiver) {
      if (name === 'body') count++;
      return Reflect.get(target, name, receiver) as unknown;
    },
    has(target, name) {
      if (name === 'body') count++;
      return Reflect.has(target, name);
    },
  });
  return { head, touched: () => count > 0 };
}
