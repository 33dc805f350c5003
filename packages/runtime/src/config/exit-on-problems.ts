import type { ConfigOutcome } from './define-config.ts';

export interface ConfigExit {
  readonly write: (text: string) => void;
  readonly exit: (code: number) => never;
}

const processExit: ConfigExit = {
  write: (text) => process.stderr.write(text),
  exit: (code) => process.exit(code),
};

/** The configuration; else prints every problem to stderr and ends the process with code 1. */
export function exitOnProblems<Config>(outcome: ConfigOutcome<Config>, to: ConfigExit = processExit): Config {
  if (outcome.ok) return outcome.config;
  to.write(`The configuration has ${outcome.problems.length} problem(s):\n${outcome.problems.map((problem) => `  ${problem}\n`).join('')}`);
  return to.exit(1);
}
