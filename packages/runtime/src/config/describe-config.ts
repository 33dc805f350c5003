import type { ConfigDefinition } from './define-config.ts';
import type { Variable, Variables } from './variable.ts';

function defaultOf(variable: Variable): string {
  if (variable.default === undefined) return variable.optional ? '–' : '**required**';
  return `\`${String(variable.default)}\``;
}

function typeOf(variable: Variable): string {
  if (variable.type === 'enum') return variable.values.join(' \\| ');
  return variable.type === 'duration' ? 'duration (ms)' : variable.type;
}

/** Markdown table of a process's variables, in the order of their declaration; without a trailing newline. */
export function describeConfig(definition: ConfigDefinition<Variables>): string {
  const rows = Object.values(definition.variables).map(
    (variable) => `| \`${variable.name}\` | ${typeOf(variable)} | ${defaultOf(variable)} | ${variable.doc} |`,
  );
  return ['| variable | type | default | meaning |', '|---|---|---|---|', ...rows].join('\n');
}
