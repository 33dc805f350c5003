import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** What a skip may be for when skips are judged; a skipped test says so in its name or its note. */
const ACCEPTED_SKIPS = [/container engine/i, /shared payloads/i, /git history/i];

export interface SummaryOptions {
  /** Fail the run for every skip that is not accepted. */
  readonly judgeSkips: boolean;
  readonly print: (line: string) => void;
  readonly fail: () => void;
}

/** Prints `N passed, N failed, N skipped` as the last line of a run; a file that cannot be loaded and a stray error count as failed. */
export function summaryReporter(options: SummaryOptions): Reporter {
  return {
    onTestRunEnd(modules, unhandledErrors) {
      const tests = modules.flatMap((module) => [...module.children.allTests()]);
      const skipped = tests.filter((test) => test.result().state === 'skipped');
      const passed = tests.filter((test) => test.result().state === 'passed');
      const broken = modules.filter(isBroken).length + unhandledErrors.length;
      if (options.judgeSkips) {
        const unexpected = skipped.filter((test) => !isAccepted(test));
        for (const test of unexpected) options.print(`unexpected skip: ${test.module.relativeModuleId} > ${test.fullName}`);
        if (unexpected.length > 0) options.fail();
      }
      const failed = tests.length - passed.length - skipped.length + broken;
      options.print(`${passed.length} passed, ${failed} failed, ${skipped.length} skipped`);
    },
  };
}

/** The reporter of this project's runs: UNEXPECTED_SKIPS=fail judges skips. */
export const summary = summaryReporter({
  judgeSkips: process.env.UNEXPECTED_SKIPS === 'fail',
  print: (line) => void process.stdout.write(`${line}\n`),
  fail: () => {
    process.exitCode = 1;
  },
});

function isBroken(module: TestModule): boolean {
  return module.errors().length > 0 || [...module.children.allSuites()].some((suite) => suite.errors().length > 0);
}

function isAccepted(test: TestCase): boolean {
  const result = test.result();
  const note = 'note' in result ? (result.note ?? '') : '';
  return ACCEPTED_SKIPS.some((accepted) => accepted.test(`${test.fullName} ${note}`));
}
