/** Tiers that need no container engine: what a plain `npm test` runs. */
const DEFAULT_PROJECTS = ['unit', 'integration', 'cluster', 'e2e', 'chaos', 'upgrade'];

/** Tiers that need no broker of the run: they have none or start their own. */
const WITHOUT_BROKER = new Set(['unit', 'cluster', 'chaos', 'upgrade', 'compose']);

/** The arguments, with the default projects when none is chosen. */
export function withDefaultProjects(args: readonly string[]): string[] {
  return chosenProjects(args).length > 0 ? [...args] : [...DEFAULT_PROJECTS.map((name) => `--project=${name}`), ...args];
}

/** Whether one of the chosen projects needs the run to give it a broker and a registry. */
export function needsBroker(args: readonly string[]): boolean {
  return chosenProjects(args).some((name) => !WITHOUT_BROKER.has(name));
}

/** Values of `--project name` and `--project=name`. */
function chosenProjects(args: readonly string[]): string[] {
  return args.flatMap((argument, index) => {
    if (argument.startsWith('--project=')) return [argument.slice('--project='.length)];
    const next = args[index + 1];
    return argument === '--project' && next !== undefined ? [next] : [];
  });
}
