import { createRequire } from 'node:module';
import { join } from 'node:path';
import { cruise, type ICruiseResult, type IForbiddenRuleType } from 'dependency-cruiser';

interface Configuration {
  readonly forbidden: IForbiddenRuleType[];
  readonly options: Record<string, unknown>;
}

const configuration: Configuration = createRequire(import.meta.url)('../.dependency-cruiser.cjs');

export const ruleNames: readonly string[] = configuration.forbidden.map(({ name }) => name ?? '');

/** Cruises the packages and services below a folder with the project's layering rules. */
export async function cruiseLayers(root: string, folders: readonly string[]): Promise<ICruiseResult> {
  const { forbidden, options } = configuration;
  const result = await cruise(
    [...folders],
    { ...options, baseDir: root, ruleSet: { forbidden }, validate: true },
    { ...(options.enhancedResolveOptions as object) },
  );
  if (typeof result.output === 'string') throw new Error(`unexpected output of dependency-cruiser for ${join(root, ...folders)}`);
  return result.output;
}
