import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readChangelog } from './changelog.ts';
import { CHANGELOG } from './check-changelog.ts';
import { readHistory } from './history.ts';

/** The release before the checkout: what operators upgrade from. */
export interface FormerRelease {
  readonly version: string;
  /** Full hash. */
  readonly commit: string;
}

/**
 * The newest release of CHANGELOG.md whose commit is not the checkout itself: between releases the last one, and at the commit of a
 * release the one before. A version that is in the working tree only has no commit and is passed over.
 */
export function findFormerRelease(root: string): FormerRelease | { readonly reason: string } {
  const history = readHistory(root);
  if ('reason' in history) return history;
  for (const release of readChangelog(readFileSync(join(root, CHANGELOG), 'utf8')).releases) {
    const commit = history.commitOf(release);
    if (commit !== undefined && commit !== history.head) return { version: release.version, commit };
  }
  return { reason: history.cut ?? `${CHANGELOG} names no release with a commit` };
}
