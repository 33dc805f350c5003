import type { AppInstall } from '@switchboard/contracts';
import type { Decision } from '../store/install-store.ts';
import type { WriteProblem } from '../store/write-problem.ts';
import { actionRefusal, type InstallChange, maySee, writeRefusal } from './access.ts';
import type { Caller } from './tokens.ts';
import { type Conditions, versionProblem } from './version-check.ts';

export const noSuchInstall: WriteProblem = { code: 'ERR_ADMIN_NOT_FOUND', detail: 'there is no such app install' };
const idTaken: WriteProblem = { code: 'ERR_ADMIN_ID_TAKEN', detail: 'choose another id' };

export function forbidden(detail: string): WriteProblem {
  return { code: 'ERR_ADMIN_FORBIDDEN', detail };
}

export function refused(problem: WriteProblem): Decision<never> {
  return { kind: 'refuse', problem };
}

export interface WriteRequest {
  readonly caller: Caller;
  readonly change: InstallChange;
  readonly conditions: Conditions;
  /** True if the change creates an install that does not exist. */
  readonly creates: boolean;
}

/**
 * Decides on a change of the stored state for a caller; `decide` is called with the state as the caller sees it. An install
 * that the caller is not allowed to see is treated as absent, so that the caller cannot tell its id from a free one; only a create
 * that would succeed shows that the id is taken.
 */
export function decideWrite<T>(
  stored: AppInstall | undefined,
  { caller, change, conditions, creates }: WriteRequest,
  decide: (current: AppInstall | undefined) => Decision<T>,
): Decision<T> {
  const current = stored !== undefined && maySee(caller, stored) ? stored : undefined;
  if (current === undefined && !creates) return refused(noSuchInstall);
  const refusal = actionRefusal(caller, change) ?? (current && writeRefusal(caller, current));
  if (refusal !== undefined) return refused(forbidden(refusal));
  const wrongVersion = versionProblem(current, conditions);
  if (wrongVersion !== undefined) return refused(wrongVersion);
  const decision = decide(current);
  return decision.kind === 'write' && current !== stored ? refused(idTaken) : decision;
}
