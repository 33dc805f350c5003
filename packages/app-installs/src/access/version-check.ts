import type { AppInstall } from '@switchboard/contracts';
import type { WriteProblem } from '../store/write-problem.ts';

export interface Conditions {
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
}

/**
 * The entity tag of a version. An install that was removed and created again counts versions from 1 again; its creation time
 * makes its tags differ from those of the removed one.
 */
export function entityTag({ version, createdAt }: Pick<AppInstall, 'version' | 'createdAt'>): string {
  return `"${version}-${createdAt.toString(36)}"`;
}

/** Why the current state does not meet the conditions of a change, or undefined if it does. */
export function versionProblem(current: AppInstall | undefined, { ifMatch, ifNoneMatch }: Conditions): WriteProblem | undefined {
  const mismatch = (detail: string): WriteProblem => ({ code: 'ERR_ADMIN_VERSION_MISMATCH', detail });
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch.trim() !== '*') return { code: 'ERR_ADMIN_BAD_REQUEST', detail: 'If-None-Match must be *' };
    if (current !== undefined) return mismatch('the install exists already');
  }
  if (current === undefined) return ifMatch === undefined ? undefined : mismatch('the install does not exist');
  if (ifMatch === undefined) {
    return {
      code: 'ERR_ADMIN_VERSION_REQUIRED',
      detail: `the install exists: send If-Match with the entity tag of the version that the change is based on`,
    };
  }
  const tags = ifMatch.split(',').map((tag) => tag.trim());
  if (tags.includes('*') || tags.includes(entityTag(current))) return undefined;
  return mismatch(`the entity tag is ${entityTag(current)} now`);
}
