import { readFileSync } from 'node:fs';
import { exitOnProblems, trustAuthorities } from '@switchboard/runtime';
import { type CliConfig, readConfig } from './config.ts';
import { createProgram } from './program.ts';
import { UsageError } from './usage-error.ts';

function config(): CliConfig {
  const read = exitOnProblems(readConfig());
  if (read.extraCaFile !== undefined) trustAuthorities(readFileSync(read.extraCaFile, 'utf8'));
  return read;
}

const program = createProgram({ config, write: (text) => process.stdout.write(text) });
try {
  process.exitCode = await program(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof UsageError ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
}
