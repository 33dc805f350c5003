import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';

const VITEST = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
const REPORTER = fileURLToPath(new URL('./summary-reporter.ts', import.meta.url));
const VITEST_ENTRY = fileURLToPath(import.meta.resolve('vitest'));

/** Runs vitest over one test file with nothing but the summary; gives its last lines and exit status. */
function runOver(test: string, environment: NodeJS.ProcessEnv = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'switchboard-summary-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  writeFileSync(join(directory, 'some.test.ts'), `import { describe, expect, it } from '${VITEST_ENTRY}';\n${test}`);
  writeFileSync(
    join(directory, 'vitest.config.ts'),
    `import { summary } from '${REPORTER}';\nexport default { test: { reporters: [summary] } };`,
  );
  const { stdout, status } = spawnSync(process.execPath, [VITEST, 'run', '--root', directory], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, UNEXPECTED_SKIPS: undefined, ...environment },
  });
  return { lines: stdout.trimEnd().split('\n'), status };
}

describe('the summary of a test run', () => {
  it('counts passed, failed and skipped tests on its last line', () => {
    const { lines, status } = runOver(`
      it('a', () => {}); it('b', () => { expect(1).toBe(2); }); it.skip('c', () => {}); it.todo('d');`);
    expect(lines.at(-1)).toBe('1 passed, 1 failed, 2 skipped');
    expect(status).toBe(1);
  });

  it('counts a file that cannot be loaded as failed', () => {
    const { lines, status } = runOver(`throw new Error('broken');`);
    expect(lines.at(-1)).toBe('0 passed, 1 failed, 0 skipped');
    expect(status).toBe(1);
  });

  it('lets every skip pass unless skips are judged', () => {
    const { lines, status } = runOver(`it('a', () => {}); it.skip('needs kcat', () => {});`);
    expect(lines.at(-1)).toBe('1 passed, 0 failed, 1 skipped');
    expect(status).toBe(0);
  });

  it('fails a judged run for a skip that is not accepted, and names it', () => {
    const { lines, status } = runOver(`it('a', () => {}); it.skip('needs kcat', () => {});`, { UNEXPECTED_SKIPS: 'fail' });
    expect(lines.slice(-2)).toEqual(['unexpected skip: some.test.ts > needs kcat', '1 passed, 0 failed, 1 skipped']);
    expect(status).toBe(1);
  });

  it('accepts in a judged run what needs a container engine, the shared payloads or the git history', () => {
    const { lines, status } = runOver(
      `it.skip('starts, given a container engine', () => {});
       it('x', (context) => context.skip('no shared payloads here'));
       describe.skip('over the git history', () => { it('y', () => {}); });`,
      { UNEXPECTED_SKIPS: 'fail' },
    );
    expect(lines.at(-1)).toBe('0 passed, 0 failed, 3 skipped');
    expect(status).toBe(0);
  });
});
