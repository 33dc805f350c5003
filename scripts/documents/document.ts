import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A Markdown file of the project. */
export interface Document {
  /** Relative to the root, with slashes. */
  readonly path: string;
  readonly text: string;
}

const SKIPPED = new Set(['node_modules', '.git', '.data', '.cache', 'coverage']);

/** Every Markdown file below the root, in order of path. */
export async function readDocuments(root: string): Promise<readonly Document[]> {
  const paths: string[] = [];
  for await (const path of glob('**/*.md', { cwd: root, exclude: (name) => SKIPPED.has(name) })) paths.push(path.replaceAll('\\', '/'));
  return Promise.all(paths.sort().map(async (path) => ({ path, text: await readFile(join(root, path), 'utf8') })));
}

/** Something wrong with a document. */
export interface Problem {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  readonly message: string;
}
