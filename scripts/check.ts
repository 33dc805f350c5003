import { spawnSync } from 'node:child_process';
import process from 'node:process';

/** Everything that must hold before a change is worth a review, in the order of how fast it fails. */
const steps: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
  ['types', 'tsc', '-p', '.'],
  ['lint and format', 'biome', 'ci', '--error-on-warnings', '.'],
  ['generated files', 'node', 'packages/contracts/src/generate/main.ts', '--check'],
  ['OpenAPI document', 'node', 'scripts/openapi.ts'],
  ['layering and declared imports', 'node', 'scripts/layering.ts'],
  ['sizes', 'node', 'scripts/sizes.ts'],
  ['documents', 'node', 'scripts/documents.ts'],
  ['releases', 'node', 'scripts/releases.ts'],
  ['dead code and dependencies', 'knip', '--no-progress', '--treat-config-hints-as-errors'],
];

const failed: string[] = [];
for (const [name, command, ...args] of steps) {
  const started = performance.now();
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  process.stdout.write(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${Math.round(performance.now() - started)} ms)\n`);
  if (status !== 0) failed.push(name);
}
if (failed.length > 0) {
  process.stdout.write(`Failed: ${failed.join(', ')}\n`);
  process.exit(1);
}
