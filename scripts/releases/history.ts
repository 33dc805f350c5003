import { spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import type { Release } from './changelog.ts';
import { CHANGELOG } from './check-changelog.ts';

/** The git history of a checkout, as far as releases need it. */
export interface History {
  /** Full hash. */
  readonly head: string;
  /** Why commits may be missing; undefined where the history is whole. */
  readonly cut: string | undefined;
  /** Full hash of the release's commit; undefined where this history has none. */
  commitOf(release: Release): string | undefined;
}

/** Why there is no history to read. */
export interface NoHistory {
  readonly reason: string;
}

/**
 * Reads the history of the checkout at `root`. Tags are not needed: many ways to copy a repository leave them behind. Three kinds of
 * checkout cannot tell every release: one without a repository (a tarball), a shallow clone, and a repository whose first commit has
 * the changelog already (an import without history).
 */
export function readHistory(root: string): History | NoHistory {
  const git = (...args: readonly string[]): string | undefined => {
    const { status, stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
    return status === 0 ? stdout.trim() : undefined;
  };
  const head = git('rev-parse', 'HEAD');
  const top = git('rev-parse', '--show-toplevel');
  // A tarball may have been unpacked within another repository.
  if (head === undefined || top === undefined || realpathSync(top) !== realpathSync(root)) return { reason: 'it is not a git checkout' };
  const cut = cutOf(git);
  return {
    head,
    cut,
    commitOf({ commit, heading }) {
      if (commit !== undefined) return isAncestor(git, commit) ? commit : undefined;
      // The commit at which a history is cut off seems to have added every line.
      if (cut !== undefined) return undefined;
      return git('log', '--first-parent', '-m', `-S${heading}`, '--format=%H', '--', CHANGELOG)?.split('\n').at(-1) || undefined;
    },
  };
}

type Git = (...args: readonly string[]) => string | undefined;

function isAncestor(git: Git, commit: string): boolean {
  return git('merge-base', '--is-ancestor', commit, 'HEAD') !== undefined;
}

function cutOf(git: Git): string | undefined {
  if (git('rev-parse', '--is-shallow-repository') === 'true') return 'it is a shallow clone (git fetch --unshallow)';
  const firsts = git('rev-list', '--max-parents=0', 'HEAD')?.split('\n') ?? [];
  const imported = firsts.some((commit) => git('cat-file', '-e', `${commit}:${CHANGELOG}`) !== undefined);
  return imported ? `its first commit has ${CHANGELOG} already` : undefined;
}
