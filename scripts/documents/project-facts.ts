import { cliConfig } from '../../packages/cli/src/config.ts';
import { eventTypes, recordNames, topics } from '../../packages/contracts/src/index.ts';
import { accessConfig, readHostEnvironment } from '../../packages/local-stack/src/config.ts';
import { issuerConfig, prepareConfig, receiverConfig } from '../../packages/local-stack/src/demo/config.ts';
import type { ConfigDefinition, Variables } from '../../packages/runtime/src/index.ts';
import { sources } from '../../packages/sources/src/index.ts';
import { adminConfig } from '../../services/admin/src/config.ts';
import { deliveryConfig } from '../../services/delivery/src/config.ts';
import { ingressConfig } from '../../services/ingress/src/config.ts';
import { normalizerConfig } from '../../services/normalizer/src/config.ts';
import { type CodeList, codeLists } from './code-lists.ts';
import type { Problem } from './document.ts';
import { codesUsed } from './error-codes.ts';
import type { Facts } from './facts.ts';
import type { ProjectFiles } from './project-files.ts';

type Definition = ConfigDefinition<Variables>;

/** Configurations by the file that declares them. */
const configurations: Readonly<Record<string, readonly Definition[]>> = {
  'services/ingress/src/config.ts': [ingressConfig],
  'services/normalizer/src/config.ts': [normalizerConfig],
  'services/delivery/src/config.ts': [deliveryConfig],
  'services/admin/src/config.ts': [adminConfig],
  'packages/cli/src/config.ts': [cliConfig],
  'packages/local-stack/src/config.ts': [accessConfig],
  'packages/local-stack/src/demo/config.ts': [prepareConfig, issuerConfig, receiverConfig],
};

/** Configurations that have a table of their own. */
export const definitions: Readonly<Record<string, Definition>> = {
  ingress: ingressConfig,
  normalizer: normalizerConfig,
  delivery: deliveryConfig,
  admin: adminConfig,
  'the command line': cliConfig,
  'the demo': prepareConfig,
};

/** What holds in the project, and its closed lists of codes. */
export function projectFacts(files: ProjectFiles): { readonly facts: Facts; readonly lists: readonly CodeList[] } {
  const lists = codeLists(files.textOf);
  const compose = files.textOf('docker-compose.yml') ?? '';
  const manifest = JSON.parse(files.textOf('package.json') ?? '{}') as { readonly scripts?: Readonly<Record<string, string>> };
  const commands = [...files.production].filter(([path]) => path.startsWith('packages/cli/')).map(([, text]) => text);
  const facts: Facts = {
    exists: files.exists,
    textOf: files.textOf,
    fileNames: files.names,
    npmScripts: new Set(Object.keys(manifest.scripts ?? {})),
    cliCommands: new Set(commands.flatMap((text) => groups(text, /\.command\('([a-z]+)/g))),
    composeProfiles: new Set(groups(compose, /profiles: \[(\w+)\]/g)),
    variables: new Set([...declaredVariables(), ...hostVariables(), ...groups(compose, /\$\{([A-Z_]+)/g)]),
    testVariables: new Set(
      [...files.others].filter(([path]) => !path.startsWith('scripts/documents/')).flatMap(([, text]) => environmentVariables(text)),
    ),
    topics: new Set(Object.values(topics).map(({ name }) => name)),
    eventTypes: new Set(Object.keys(eventTypes)),
    recordNames: new Set(recordNames),
    errorCodes: new Set(lists.flatMap(({ rows }) => [...rows.keys()])),
    sources: sources.map(({ id, routes }) => ({ id, paths: routes.map(({ path }) => path) })),
  };
  return { facts, lists };
}

/** What the code has that no list declares: the documents could not know of it. */
export function undeclared(files: ProjectFiles, { errorCodes }: Pick<Facts, 'errorCodes'>): readonly Problem[] {
  const problems: Problem[] = [];
  for (const [path, text] of files.production) {
    for (const code of codesUsed(text)) {
      if (!errorCodes.has(code))
        problems.push({ path, line: lineOf(text, code), message: `uses the code ${code}, which no closed list declares` });
    }
    if (/= defineConfig\(/.test(text) && configurations[path] === undefined) {
      problems.push({
        path,
        line: 1,
        message: 'declares variables that the documents do not show: add it to scripts/documents/project-facts.ts',
      });
    }
  }
  return problems;
}

function declaredVariables(): readonly string[] {
  return Object.values(configurations)
    .flat()
    .flatMap(({ variables }) => Object.values(variables))
    .flatMap(({ name, type }) => (type === 'secret' ? [name, `${name}_FILE`] : [name]));
}

/** Every name that the local stack asks its environment for, but those it only passes on. */
function hostVariables(): readonly string[] {
  const asked = new Set<string>();
  const passedOn = new Set<string>();
  // Some are asked for only where another is not set.
  for (const answer of ['any', undefined]) {
    const get = (_target: object, name: string | symbol): string | undefined => {
      asked.add(String(name));
      return answer;
    };
    for (const name of Object.keys(readHostEnvironment(new Proxy<NodeJS.ProcessEnv>({}, { get })).inherited)) passedOn.add(name);
  }
  return [...asked].filter((name) => !passedOn.has(name) && !STANDARD.has(name));
}

const STANDARD = new Set(['PATH', 'HOME']);

function environmentVariables(text: string): readonly string[] {
  return groups(text, /process\.env\.([A-Z_]+)/g).filter((name) => !STANDARD.has(name) && !name.startsWith('npm_'));
}

function groups(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map(([, group = '']) => group);
}

function lineOf(text: string, part: string): number {
  return text.slice(0, text.indexOf(part)).split('\n').length;
}
