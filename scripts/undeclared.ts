import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

interface CruisedModule {
  readonly source: string;
  readonly dependencies: readonly { readonly module: string }[];
}

const TEST_CODE = /\.test\.ts$|\/testing\/|\/test-support\.ts$|^test\//;

/**
 * Imports of packages that the importing workspace does not declare: they would resolve here by hoisting and fail where the
 * workspace is installed alone. Test code may use the root's development dependencies too.
 */
export function undeclaredImports(root: string, modules: readonly CruisedModule[]): string[] {
  const manifests = new Map<string, Manifest>();
  const manifestOf = (folder: string): Manifest => {
    const known = manifests.get(folder) ?? (JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest);
    manifests.set(folder, known);
    return known;
  };

  return modules.flatMap(({ source, dependencies }) => {
    const folder = /^(packages|services)\/[^/]+/.exec(source)?.[0];
    if (folder === undefined) return [];
    const { dependencies: own = {}, devDependencies: ownDev = {} } = manifestOf(folder);
    const declared = TEST_CODE.test(source) ? { ...manifestOf('.').devDependencies, ...ownDev, ...own } : own;
    const names = new Set(dependencies.flatMap(({ module }) => packageName(module) ?? []));
    return [...names]
      .filter((name) => !Object.hasOwn(declared, name))
      .map((name) => `${source} imports ${name}, which ${folder}/package.json does not declare`);
  });
}

/** Name of the package a specifier begins with; undefined for relative paths and Node's own modules. */
function packageName(specifier: string): string | undefined {
  if (specifier.startsWith('.') || specifier.startsWith('/') || isBuiltin(specifier)) return undefined;
  const [scope = '', name = ''] = specifier.split('/');
  return scope.startsWith('@') ? `${scope}/${name}` : scope;
}
