import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { committedHistories } from './committed-histories.ts';
import { historyProblems } from './history-problems.ts';

const history = (...versions: number[]) => JSON.stringify(versions.map((version) => ({ name: 'R', version })));

describe('the histories of the schemas', () => {
  const committed = new Map([['R', history(1, 2)]]);

  it('may be longer than committed', () => {
    expect(historyProblems(['R'], new Map([['R', history(1, 2, 3)]]), [committed])).toEqual([]);
  });

  it.each([
    ['rewritten', history(1, 3)],
    ['shorter', history(1)],
    ['begun anew', history(3)],
  ])('are refused when one is %s', (_, text) => {
    expect(historyProblems(['R'], new Map([['R', text]]), [new Map(), committed])).toEqual([
      'R: its history does not begin with the committed one',
    ]);
  });

  it('are refused when one is missing, or has no schema, also where both were deleted', () => {
    expect(historyProblems(['R'], new Map(), [])).toEqual(['R has a schema and no history']);
    expect(historyProblems([], new Map([['R', history(1)]]), [])).toEqual(['R has a history and no schema']);
    expect(historyProblems([], new Map(), [committed])).toEqual(['R has a history and no schema']);
  });
});

describe('the committed histories', () => {
  let root: string;
  const git = (...args: string[]) => {
    const { status, stderr } = spawnSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { cwd: root });
    if (status !== 0) throw new Error(String(stderr));
  };
  const write = (text: string) => writeFileSync(join(root, 'schemas/history/R.json'), text);
  const problems = (text: string) => historyProblems(['R'], new Map([['R', text]]), committedHistories(root, 'schemas/history'));

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'histories-'));
    mkdirSync(join(root, 'schemas/history'), { recursive: true });
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('are those of the last commit and of the one before', () => {
    git('init', '-q');
    for (const text of [history(1), history(1, 2)]) {
      write(text);
      git('add', '-A');
      git('commit', '-qm', 'x');
    }
    write(history(1, 2, 3));
    expect(problems(history(1, 2, 3))).toEqual([]);
    write(history(1, 4));
    expect(problems(history(1, 4))).not.toEqual([]);
    git('commit', '-qam', 'rewritten');
    expect(problems(history(1, 4))).not.toEqual([]);
    rmSync(join(root, 'schemas/history/R.json'));
    expect(problems(history(4))).not.toEqual([]);
  });

  it('are none where there is no git', () => {
    write(history(1));
    expect(problems(history(2))).toEqual([]);
  });
});
