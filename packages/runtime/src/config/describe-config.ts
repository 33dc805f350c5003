import type { ConfigDefinition } from './define-config.ts';
import type { Variable, Variables } from './variable.ts';

function defaultOf(variable: Variable): string {
  if (variable.default === undefined) return variable.optional ? '–' : '**required**';
  return `\`${isUnlimited(variable) ? 'unlimited' : String(variable.default)}\``;
}

function isUnlimited(variable: Variable): boolean {
  return variable.type === 'duration' && variable.unlimited === true && variable.default === -1;
}

function typeOf(variable: Variable): string {
  if (variable.type === 'enum') return variable.values.join(' \\| ');
  if (variable.type !== 'duration') return variable.type;
  return variable.unlimited === true ? 'duration (ms) \\| unlimited' : 'duration (ms)';
}

/** Markdown table of a process's variables, in the order of their declaration; without a trailing newline. */
export function describeConfig(definition: ConfigDefinition<Variables>): string {
  const rows = Object.values(definition.variables).map(
    (variable) => `| \`${variable.name}\` | ${typeOf(variable)} | ${defaultOf(variable)} | ${variable.doc} |`,
  );
  return ['| variable | type | default | meaning |', '|---|---|---|---|', ...rows].join('\n');
}
