import { exitOnProblems } from '@switchboard/runtime';
import { readConfig } from './config.ts';
import { createProgram } from './program.ts';
import { UsageError } from './usage-error.ts';

const program = createProgram({ config: () => exitOnProblems(readConfig()), write: (text) => process.stdout.write(text) });
try {
  process.exitCode = await program(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof UsageError ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
}
