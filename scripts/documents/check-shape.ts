import type { Document, Problem } from './document.ts';
import type { Facts } from './facts.ts';
import { isShell, readReferences } from './references.ts';

const MOST_LINES = 150;
const FIRST_COMMAND = 30;
const CONFIGURATION = 'docs/configuration.md';

/** Whether the documents that must be there are, and the README is one that is read. */
export function checkShape(
  documents: readonly Document[],
  facts: Pick<Facts, 'sources' | 'variables' | 'testVariables'>,
): readonly Problem[] {
  return [...checkReadme(documents, facts), ...checkSources(documents, facts), ...checkConfiguration(documents, facts)];
}

function checkReadme(documents: readonly Document[], { sources }: Pick<Facts, 'sources'>): readonly Problem[] {
  const readme = documents.find(({ path }) => path === 'README.md');
  if (readme === undefined) return [{ path: 'README.md', line: 1, message: 'is missing' }];
  const { path, text } = readme;
  const problems: Problem[] = [];
  const lines = text.split('\n').length - 1;
  if (lines > MOST_LINES) problems.push({ path, line: lines, message: `has ${lines} lines; at most ${MOST_LINES}` });
  const command = readReferences(text).fences.find(isShell);
  if (command === undefined || command.line > FIRST_COMMAND) {
    problems.push({ path, line: command?.line ?? 1, message: `shows no command by line ${FIRST_COMMAND}` });
  }
  for (const { id, paths } of sources) {
    for (const route of paths) {
      if (!text.includes(`\`${route}\``)) problems.push({ path, line: 1, message: `does not name the route ${route} of ${id}` });
    }
  }
  return problems;
}

function checkSources(documents: readonly Document[], { sources }: Pick<Facts, 'sources'>): readonly Problem[] {
  const links = new Set(readReferences(documents.find(({ path }) => path === 'README.md')?.text ?? '').links.map(({ text }) => text));
  return sources.flatMap(({ id }): Problem[] => {
    const page = `packages/sources/src/${id}/README.md`;
    if (!documents.some(({ path }) => path === page)) return [{ path: page, line: 1, message: `the source ${id} has no page` }];
    return links.has(page) ? [] : [{ path: 'README.md', line: 1, message: `does not link to ${page}` }];
  });
}

function checkConfiguration(
  documents: readonly Document[],
  { variables, testVariables }: Pick<Facts, 'variables' | 'testVariables'>,
): readonly Problem[] {
  const text = documents.find(({ path }) => path === CONFIGURATION)?.text ?? '';
  // A secret may come from a file: one word about that covers all of them.
  const isFile = (name: string): boolean => name.endsWith('_FILE') && variables.has(name.slice(0, -'_FILE'.length));
  return [...new Set([...variables, ...testVariables])]
    .filter((name) => !isFile(name) && !text.includes(`\`${name}\``))
    .map((name) => ({ path: CONFIGURATION, line: 1, message: `does not name the variable ${name}` }));
}
