import { posix } from 'node:path';
import type { Document, Problem } from './document.ts';
import type { Facts } from './facts.ts';
import { anchorOf, isShell, type Piece, type References, readReferences } from './references.ts';

type Report = (line: number, message: string) => void;

const FOLDERS = ['packages', 'services', 'schemas', 'test', 'scripts', 'docs', '.ci'];
const IN_FOLDER = new RegExp(`^(?:${FOLDERS.map((folder) => folder.replaceAll('.', '\\.')).join('|')})/`);
const FILE_NAME = /^[\w.-]+\.(?:ts|mjs|cjs|md|avsc|yml)$/;
const PLACEHOLDER = /[<*{…]/;
/** Words of others in capitals that are no variables. */
const WORDS = new Set(['FULL_TRANSITIVE', 'READ_COMMITTED']);
/** The TOPIC_PREFIX of the examples. */
const EXAMPLE_PREFIX = /^acme\./;

/** Everything that a document names and that is not there. */
export function checkReferences(documents: readonly Document[], facts: Facts): readonly Problem[] {
  return documents.flatMap((document) => {
    const problems: Problem[] = [];
    const report: Report = (line, message) => problems.push({ path: document.path, line, message });
    const references = readReferences(document.text);
    checkLinks(document, references, facts, report);
    checkTests(document, references, facts, report);
    for (const piece of codeOf(references)) {
      checkPaths(document, piece, facts, report);
      checkCommands(piece, facts, report);
      checkVariables(piece, facts, report);
    }
    for (const [index, text] of document.text.split('\n').entries()) checkNames(text, index + 1, facts, report);
    return problems;
  });
}

/** Inline code, and fenced blocks line by line. */
function codeOf({ spans, fences }: References): readonly (Piece & { readonly shell: boolean })[] {
  return [
    ...spans.map((span) => ({ ...span, shell: true })),
    ...fences.flatMap((fence) => fence.text.split('\n').map((text, index) => ({ text, line: fence.line + index, shell: isShell(fence) }))),
  ];
}

function checkLinks({ path }: Document, { links, headings }: References, facts: Facts, report: Report): void {
  for (const { text: target, line } of links) {
    if (/^[a-z]+:/.test(target)) continue;
    const [file = '', anchor] = target.split('#');
    const found = file === '' ? path : posix.join(posix.dirname(path), file);
    if (file !== '' && !facts.exists(found)) report(line, `links to ${found}, which does not exist`);
    else if (anchor !== undefined) {
      const text = file === '' ? undefined : facts.textOf(found);
      const there = text === undefined ? headings : readReferences(text).headings;
      if (!there.some((heading) => anchorOf(heading.text) === anchor))
        report(line, `links to #${anchor} of ${found}, where no heading is so`);
    }
  }
}

function checkTests({ path }: Document, { tests }: References, facts: Facts, report: Report): void {
  for (const { text: target, line, titles } of tests) {
    const file = posix.join(posix.dirname(path), target);
    const text = facts.textOf(file)?.replaceAll("\\'", "'");
    for (const title of titles) {
      if (text !== undefined && !text.includes(title)) report(line, `names the test “${title}”, which is not in ${file}`);
    }
  }
}

function checkPaths({ path }: Document, { text, line }: Piece, facts: Facts, report: Report): void {
  for (const word of text.split(/[\s,;()"'|]+/)) {
    const name = word.replace(/[.:]+$/, '');
    if (IN_FOLDER.test(name)) {
      const known = PLACEHOLDER.test(name) ? posix.dirname(`${name.split(PLACEHOLDER)[0]}x`) : name.replace(/[/]$/, '');
      if (!facts.exists(known)) report(line, `names the path ${name}, which does not exist`);
    } else if (FILE_NAME.test(name) && !facts.fileNames.has(name) && !facts.exists(posix.join(posix.dirname(path), name))) {
      report(line, `names the file ${name}, which does not exist`);
    }
  }
}

function checkCommands({ text, line }: Piece, facts: Facts, report: Report): void {
  for (const [, named, short] of text.matchAll(/\bnpm (?:run ([\w:.-]+)|(start|test)\b)/g)) {
    const script = named ?? short ?? '';
    if (!facts.npmScripts.has(script)) report(line, `names the npm script ${script}, which does not exist`);
  }
  for (const [, command = ''] of text.matchAll(/(?:npm run switchboard -- |^switchboard )([a-z]+)/g)) {
    if (!facts.cliCommands.has(command)) report(line, `names the command switchboard ${command}, which does not exist`);
  }
  for (const [, profile = ''] of text.matchAll(/docker compose .*--profile[ =](\w+)/g)) {
    if (!facts.composeProfiles.has(profile)) report(line, `names the profile ${profile}, which docker-compose.yml does not have`);
  }
}

function checkVariables({ text, line, shell }: Piece & { readonly shell: boolean }, facts: Facts, report: Report): void {
  if (!shell) return;
  for (const word of text.split(/\s+/)) {
    const name = /^\$?([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=.*)?$/.exec(word)?.[1];
    if (name === undefined || name.startsWith('ERR_') || WORDS.has(name)) continue;
    if (!facts.variables.has(name) && !facts.testVariables.has(name))
      report(line, `names the variable ${name}, which no configuration declares`);
  }
}

function checkNames(text: string, line: number, facts: Facts, report: Report): void {
  const within = (pattern: RegExp) => [...text.matchAll(pattern)].map(([found]) => found);
  for (const name of within(/(?<![\w./@-])[a-z]+(?:[.-][a-z0-9]+)*\.v\d+(?!\w)(?!\.[A-Z<*])/g)) {
    if (!facts.topics.has(name.replace(EXAMPLE_PREFIX, ''))) report(line, `names the topic ${name}, which does not exist`);
  }
  for (const name of within(/(?<![\w.])switchboard\.[a-z]+\.v\d+\.[A-Z]\w*/g)) {
    if (!facts.recordNames.has(name)) report(line, `names the record ${name}, which does not exist`);
  }
  for (const name of within(/(?<![\w.])(?:ms|cqm|calling|switchboard)\.[A-Z]\w*(?:\.[A-Z]\w*)*/g)) {
    const known = facts.eventTypes.has(name) || [...facts.eventTypes].some((type) => type.startsWith(`${name}.`));
    if (!known) report(line, `names the event type ${name}, which does not exist`);
  }
  for (const name of within(/(?<=`)[A-Z][a-z][A-Za-z]*Event(?=`)/g)) {
    if (![...facts.eventTypes].some((type) => type.endsWith(`.${name}`))) report(line, `names the event ${name}, which does not exist`);
  }
  for (const name of within(/\bERR_[A-Z0-9]+(?:_[A-Z0-9]+)*(?![\w*<])/g)) {
    if (!facts.errorCodes.has(name)) report(line, `names the code ${name}, which does not exist`);
  }
}
