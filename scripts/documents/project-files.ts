import { existsSync, readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';

/** The project's files as the check of the documents sees them. */
export interface ProjectFiles {
  exists(path: string): boolean;
  textOf(path: string): string | undefined;
  /** Source files of packages and services without tests and what serves them, by path. */
  readonly production: ReadonlyMap<string, string>;
  /** Files of tests and scripts. */
  readonly others: ReadonlyMap<string, string>;
  readonly names: ReadonlySet<string>;
}

const SOURCES = ['packages/*/src/**/*.ts', 'services/*/src/**/*.ts', 'scripts/**/*.{ts,mjs}', 'test/**/*.ts'];
const FOLDERS = ['packages/**/*', 'services/**/*', 'schemas/**/*', 'test/**/*', 'scripts/**/*', 'docs/**/*', '.ci/*', '*'];
const TEST = /\.test\.ts$|\/testing\/|\/test-support\.ts$|^(?:test|scripts)\//;

export async function readProjectFiles(root: string): Promise<ProjectFiles> {
  const textOf = (path: string): string | undefined => {
    try {
      return readFileSync(join(root, path), 'utf8');
    } catch {
      return undefined;
    }
  };
  const production = new Map<string, string>();
  const others = new Map<string, string>();
  for (const path of await pathsOf(root, SOURCES)) (TEST.test(path) ? others : production).set(path, textOf(path) ?? '');
  const names = (await pathsOf(root, FOLDERS)).map((path) => path.slice(path.lastIndexOf('/') + 1));
  return { exists: (path) => existsSync(join(root, path)), textOf, production, others, names: new Set(names) };
}

async function pathsOf(root: string, patterns: readonly string[]): Promise<readonly string[]> {
  const paths: string[] = [];
  for await (const path of glob(patterns, { cwd: root, exclude: (name) => name === 'node_modules' || name === 'generated' })) {
    paths.push(path.replaceAll('\\', '/'));
  }
  return paths.sort();
}
