import type { Problem } from '../documents/document.ts';
import { readChangelog } from './changelog.ts';
import { CHANGELOG } from './check-changelog.ts';
import { readHistory } from './history.ts';

export interface CommitReport {
  readonly problems: readonly Problem[];
  /** Why commits could not be looked for; undefined where they were. */
  readonly skipped: string | undefined;
}

/** Whether each release of the changelog's text has a commit in the history of the checkout at `root`. */
export function checkCommits(root: string, text: string): CommitReport {
  const history = readHistory(root);
  const skipped = 'reason' in history ? history.reason : history.cut;
  if ('reason' in history || skipped !== undefined) return { problems: [], skipped };
  const problems = readChangelog(text).releases.flatMap((release, index): readonly Problem[] => {
    const { version, commit, line } = release;
    // The newest release may be the commit that is being made.
    if (history.commitOf(release) !== undefined || (index === 0 && commit === undefined)) return [];
    return [{ path: CHANGELOG, line, message: `${version} has no commit: ${commit ?? 'no commit added its heading'}` }];
  });
  return { problems, skipped };
}
