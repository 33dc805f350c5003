import { describe, expect, it } from 'vitest';
import { needsBroker, withDefaultProjects } from './test-projects.ts';

describe('the projects of a test run', () => {
  it('are all that need no container engine, unless one is chosen', () => {
    expect(withDefaultProjects(['-t', 'x'])).toEqual([
      '--project=unit',
      '--project=integration',
      '--project=cluster',
      '--project=e2e',
      '--project=chaos',
      '--project=upgrade',
      '-t',
      'x',
    ]);
    expect(withDefaultProjects(['--project', 'compose'])).toEqual(['--project', 'compose']);
    expect(withDefaultProjects(['--project=unit'])).toEqual(['--project=unit']);
  });

  it.each([
    [['--project=unit'], false],
    [['--project', 'compose'], false],
    [['--project=cluster'], false],
    [['--project=chaos'], false],
    [['--project=upgrade'], false],
    [['--project=unit', '--project', 'integration'], true],
    [['--project=e2e'], true],
    [['--project', '*'], true],
    [withDefaultProjects([]), true],
  ])('%j needs a broker of the run: %s', (args, needed) => {
    expect(needsBroker(args)).toBe(needed);
  });
});
