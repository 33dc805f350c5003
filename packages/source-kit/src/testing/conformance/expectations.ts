import assert from 'node:assert/strict';
import { ERRORS } from '../../errors.ts';
import type { InboundRequest, VerifyCode, VerifyOutcome } from '../../source.ts';
import { app, now, type Rig } from './setup.ts';

export function verifyIn(rig: Pick<Rig, 'source' | 'entry' | 'keySets'>, request: InboundRequest): Promise<VerifyOutcome> {
  return rig.source.verify(request, { app, entry: rig.entry, keySets: rig.keySets, now });
}

/** Refused with one of the codes; any of the table where none is named. */
export async function expectRefused(rig: Rig, request: InboundRequest, codes?: readonly VerifyCode[], where = ''): Promise<void> {
  const outcome = await verifyIn(rig, request);
  assert.equal(outcome.kind, 'refused', `${where}: ${JSON.stringify(outcome)}`);
  assert.ok(outcome.kind === 'refused' && (codes ?? Object.keys(ERRORS)).includes(outcome.code), `${where}: ${JSON.stringify(outcome)}`);
}
