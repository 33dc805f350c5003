import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkChangelog } from './check-changelog.ts';
import { checkCommits } from './check-commits.ts';
import { findFormerRelease } from './former-release.ts';

const SOUND = `# Changelog

## [Unreleased]

### Added

- More.

## [0.2.0] - 2026-02-01

### Changed

- Something.

## [0.1.0] - 2026-01-31

- The first release.
`;

const messages = (text: string, version = '0.2.0'): readonly string[] => checkChangelog(text, version).map(({ message }) => message);

describe('a changelog', () => {
  it('has no problems where versions, dates and package.json agree', () => {
    expect(messages(SOUND)).toEqual([]);
  });

  it.each([
    ['the newest release is not the version of package.json', SOUND, '0.1.0', 'newest release is 0.2.0, package.json has 0.1.0'],
    ['a release has no date', SOUND.replace(' - 2026-02-01', ''), '0.2.0', '0.2.0 must have a date, YYYY-MM-DD'],
    ['a date is no day', SOUND.replace('2026-02-01', '2026-02-30'), '0.2.0', '0.2.0 must have a date, YYYY-MM-DD (got 2026-02-30)'],
    ['versions ascend', SOUND.replace('0.1.0', '0.3.0'), '0.2.0', '0.3.0 is below 0.2.0 and is not an earlier version'],
    ['a version is twice', SOUND.replace('0.1.0', '0.2.0'), '0.2.0', '0.2.0 is below 0.2.0 and is not an earlier version'],
    ['dates ascend', SOUND.replace('2026-01-31', '2026-03-01'), '0.2.0', '0.1.0 is dated 2026-03-01, after 0.2.0 (2026-02-01)'],
    ['no version is released', '# Changelog\n', '0.1.0', 'names no released version: ## [1.2.3] - 2026-01-31'],
    ['a section is not of Keep a Changelog', SOUND.replace('### Added', '### News'), '0.2.0', expect.stringContaining('heading "News"')],
    ['a heading has no brackets', SOUND.replace('[0.1.0]', '0.1.0'), '0.2.0', expect.stringContaining('heading "0.1.0 - 2026-01-31"')],
    ['[Unreleased] is last', `${SOUND}\n## [Unreleased]\n`, '0.2.0', '[Unreleased] must be above every release'],
  ])('is refused where %s', (_what, text, version, message) => {
    expect(messages(text, version)).toEqual([message]);
  });
});

/** A repository with one commit for each text of the changelog; without a text the commit adds another file. */
function repository(...texts: readonly (string | undefined)[]) {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'switchboard-releases-')));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'commit.gpgsign=false'];
  const git = (...args: readonly string[]): string => execFileSync('git', [...identity, ...args], { cwd: root, encoding: 'utf8' }).trim();
  git('init', '--quiet');
  const commits = texts.map((text) => {
    if (text === undefined) appendFileSync(join(root, 'other'), 'more\n');
    else writeFileSync(join(root, 'CHANGELOG.md'), text);
    git('add', '.');
    git('commit', '--quiet', '--message', 'a commit');
    return git('rev-parse', 'HEAD');
  });
  return { root, git, commits };
}

const FIRST = '## [0.1.0] - 2026-01-31\n';
const SECOND = `## [0.2.0] - 2026-02-01\n\n${FIRST}`;
const recorded = (commit: string): string => `${FIRST}\n<!-- commit: ${commit} -->\n`;

describe('the former release', () => {
  it('is the commit that added the newest version, between releases', () => {
    const { root, commits } = repository(undefined, FIRST, undefined, SECOND, undefined);
    expect(findFormerRelease(root)).toEqual({ version: '0.2.0', commit: commits[3] });
  });

  it('is the version before, at the commit of a release and while its heading is in the working tree only', () => {
    const { root, commits } = repository(undefined, FIRST, SECOND);
    const former = { version: '0.1.0', commit: commits[1] };
    expect(findFormerRelease(root)).toEqual(former);
    const { root: earlier, commits: made } = repository(undefined, FIRST, undefined);
    writeFileSync(join(earlier, 'CHANGELOG.md'), SECOND);
    expect(findFormerRelease(earlier)).toEqual({ version: '0.1.0', commit: made[1] });
  });

  it('is the recorded commit, for a version that was released before its heading was added', () => {
    const { root, git } = repository(undefined, undefined);
    const commit = git('rev-parse', 'HEAD~1');
    writeFileSync(join(root, 'CHANGELOG.md'), recorded(commit));
    expect(findFormerRelease(root)).toEqual({ version: '0.1.0', commit });
    expect(checkCommits(root, recorded(commit))).toEqual({ problems: [], skipped: undefined });
  });

  it('is the merge that brought the heading of a branch to the main line', () => {
    const { root, git } = repository(undefined);
    git('checkout', '--quiet', '-b', 'branch');
    writeFileSync(join(root, 'CHANGELOG.md'), FIRST);
    git('add', '.');
    git('commit', '--quiet', '--message', 'on a branch');
    git('checkout', '--quiet', '-');
    git('merge', '--quiet', '--no-ff', '--message', 'a merge', 'branch');
    const merge = git('rev-parse', 'HEAD');
    appendFileSync(join(root, 'other'), 'more\n');
    git('commit', '--quiet', '--all', '--message', 'after it');
    expect(findFormerRelease(root)).toEqual({ version: '0.1.0', commit: merge });
  });
});

describe('a history that is not whole', () => {
  const unknown = 'f'.repeat(40);

  it('is a folder without a repository, within another repository too', () => {
    const { root } = repository(undefined, FIRST);
    const inner = mkdtempSync(join(root, 'tarball-'));
    writeFileSync(join(inner, 'CHANGELOG.md'), FIRST);
    expect(findFormerRelease(inner)).toEqual({ reason: 'it is not a git checkout' });
    expect(checkCommits(inner, FIRST)).toEqual({ problems: [], skipped: 'it is not a git checkout' });
  });

  it('is a shallow clone, which seems to have added everything in one commit', () => {
    const { root, git } = repository(undefined, FIRST, undefined, undefined);
    const clone = join(root, 'clone');
    git('clone', '--quiet', '--depth', '1', `file://${root}`, clone);
    expect(findFormerRelease(clone)).toEqual({ reason: expect.stringContaining('shallow clone') });
    expect(checkCommits(clone, FIRST).skipped).toContain('shallow clone');
  });

  it('is an import whose first commit has the changelog', () => {
    const { root } = repository(recorded(unknown), undefined);
    expect(findFormerRelease(root)).toEqual({ reason: 'its first commit has CHANGELOG.md already' });
    expect(checkCommits(root, recorded(unknown)).problems).toEqual([]);
  });

  it('is not one in which a recorded commit is absent: that is a problem', () => {
    const { root } = repository(undefined, recorded(unknown));
    expect(checkCommits(root, recorded(unknown)).problems).toEqual([
      { path: 'CHANGELOG.md', line: 1, message: `0.1.0 has no commit: ${unknown}` },
    ]);
  });
});
