import { spawnSync } from 'node:child_process';
import { basename } from 'node:path';
import type { Histories } from './history-problems.ts';

/** The commit that is checked out and the one before it, so that a commit which rewrites a history is refused too. */
const COMMITS = ['HEAD', 'HEAD^'];

/** Histories as committed, of those files that differ now; empty where there is no git or no commit. */
export function committedHistories(root: string, folder: string): readonly Histories[] {
  const git = (...args: string[]): string | undefined => {
    const { status, stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
    return status === 0 ? stdout : undefined;
  };
  return COMMITS.map((commit) => {
    const changed = git('diff', '--name-only', '--relative', '--diff-filter=MDT', '--no-renames', commit, '--', folder) ?? '';
    const paths = changed.split('\n').filter((path) => path.endsWith('.json'));
    return new Map(paths.map((path) => [basename(path, '.json'), git('show', `${commit}:./${path}`) ?? '[]']));
  });
}
