import assert from 'node:assert/strict';
import { ERRORS } from '../../errors.ts';
import type { AuthenticateOutcome, InboundHead, InboundRequest, VerifyCode, VerifyOutcome } from '../../source.ts';
import { authenticateAndVerify, headOf } from '../authenticate-and-verify.ts';
import { app, now, type Rig } from './setup.ts';

type Part = Pick<Rig, 'source' | 'entry' | 'keySets'>;

export async function authenticateIn(rig: Part, head: InboundHead): Promise<AuthenticateOutcome> {
  return rig.source.authenticate(head, { app, entry: rig.entry, keySets: rig.keySets, now });
}

export function verifyIn(rig: Part, request: InboundRequest): Promise<VerifyOutcome> {
  return authenticateAndVerify(rig.source, request, { app, entry: rig.entry, keySets: rig.keySets, now });
}

/** Refused with one of the codes; any of the table where none is named. */
export async function expectRefused(rig: Rig, request: InboundRequest, codes?: readonly VerifyCode[], where = ''): Promise<void> {
  assertRefused(await verifyIn(rig, request), codes, where);
}

/** Refused before the body is read. */
export async function expectHeadRefused(rig: Rig, request: InboundRequest, codes?: readonly VerifyCode[], where = ''): Promise<void> {
  assertRefused(await authenticateIn(rig, headOf(request)), codes, where);
}

function assertRefused(outcome: AuthenticateOutcome | VerifyOutcome, codes: readonly VerifyCode[] | undefined, where: string): void {
  assert.equal(outcome.kind, 'refused', `${where}: ${JSON.stringify(outcome)}`);
  assert.ok(outcome.kind === 'refused' && (codes ?? Object.keys(ERRORS)).includes(outcome.code), `${where}: ${JSON.stringify(outcome)}`);
}
