import { readFileSync } from 'node:fs';
import { type ConfigOutcome, exitOnProblems, trustAuthorities } from '@switchboard/runtime';
import { type CliConfig, readConfig, readTargetConfig } from './config.ts';
import { createProgram } from './program.ts';
import { UsageError } from './usage-error.ts';

function usable(outcome: ConfigOutcome<CliConfig>): CliConfig {
  const config = exitOnProblems(outcome);
  if (config.extraCaFile !== undefined) trustAuthorities(readFileSync(config.extraCaFile, 'utf8'));
  return config;
}

const program = createProgram({
  config: () => usable(readConfig()),
  targetConfig: async (given) => usable(await readTargetConfig(given)),
  write: (text) => process.stdout.write(text),
});
try {
  process.exitCode = await program(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof UsageError ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = error instanceof UsageError ? error.exitCode : 1;
}
