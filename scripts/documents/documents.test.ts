import { describe, expect, it } from 'vitest';
import { checkReferences } from './check-references.ts';
import { checkShape } from './check-shape.ts';
import type { Document, Problem } from './document.ts';
import type { Facts } from './facts.ts';

const page = 'packages/sources/src/pigeon/README.md';
const files = new Map([
  ['services/loft/src/main.ts', ''],
  ['services/loft/src/main.test.ts', "it('carries what it\\'s given', () => {});"],
  ['docs/guide.md', '# Guide\n\n## First: a step (of two)\n'],
  [page, '# pigeon\n'],
]);
const folders = ['services', 'services/loft', 'services/loft/src', 'packages/sources/src'];

const facts: Facts = {
  exists: (path) => files.has(path) || folders.includes(path),
  textOf: (path) => files.get(path),
  fileNames: new Set([...files.keys()].map((path) => path.slice(path.lastIndexOf('/') + 1))),
  npmScripts: new Set(['start', 'check', 'switchboard']),
  cliCommands: new Set(['send']),
  composeProfiles: new Set(['demo']),
  variables: new Set(['LOFT_PORT', 'LOFT_KEY', 'LOFT_KEY_FILE']),
  testVariables: new Set(['REQUIRE_LOFT']),
  topics: new Set(['letters.raw.v1', 'app-installs.v1']),
  eventTypes: new Set(['ms.Letter.ContentEvent', 'switchboard.UnmappedNotification']),
  recordNames: new Set(['switchboard.letters.v1.Letter']),
  errorCodes: new Set(['ERR_LOFT_CLOSED']),
  sources: [{ id: 'pigeon', paths: ['/pigeon/:app'] }],
};

const readme = `# Loft

\`\`\`sh
npm start
\`\`\`

[pigeon](${page}) at \`/pigeon/:app\`
`;
const configuration: Document = { path: 'docs/configuration.md', text: '`LOFT_PORT` `LOFT_KEY` `REQUIRE_LOFT`\n' };
const sound: readonly Document[] = [{ path: 'README.md', text: readme }, configuration, { path: page, text: '# pigeon\n' }];

function problemsOf(text: string, path = 'docs/page.md'): readonly string[] {
  return checkReferences([{ path, text }], facts).map(({ message }) => message);
}

function shapeOf(documents: readonly Document[]): readonly Problem[] {
  return checkShape(documents, facts);
}

describe('what a document names', () => {
  it('is there: no problem', () => {
    const text = `
# Page

[main](../services/loft/src/main.ts) [first](guide.md#first-a-step-of-two) [here](#page) [far](https://loft.example/x.md)
[main.test.ts](../services/loft/src/main.test.ts) “carries what it's given”
\`services/loft/src/main.ts\`, \`services/loft/\`, \`services/loft/src/*.ts\`, \`services/<name>/src\`, \`main.ts\`, \`npm start\`, \`npm run check\`
\`npm run switchboard -- send\`, \`switchboard send\`, \`LOFT_PORT=1\`, \`LOFT_KEY_FILE\`, \`FULL_TRANSITIVE\`, \`application/json\`
letters.raw.v1, app-installs.v1, \`switchboard.letters.v1.Letter\`, ms.Letter.ContentEvent, \`ms.Letter\`, \`ContentEvent\`, \`ZEvent\`
ERR_LOFT_CLOSED, \`ERR_LOFT_*\`, \`ERR_<AREA>_<REASON>\`

\`\`\`sh
REQUIRE_LOFT=1 npm run check # services/loft/src/main.ts
docker compose --profile demo up
\`\`\`

\`\`\`yaml
key: { env: ANY_NAME }
\`\`\`
`;
    expect(problemsOf(text)).toEqual([]);
  });

  it.each([
    ['a link to a file', '[x](../services/loft/src/gone.ts)', 'links to services/loft/src/gone.ts, which does not exist'],
    ['a link to a heading', '[x](guide.md#second)', 'links to #second of docs/guide.md, where no heading is so'],
    ['a link to a heading of its own', '[x](#second)', 'links to #second of docs/page.md, where no heading is so'],
    [
      'a test',
      "[x](../services/loft/src/main.test.ts) “carries what it's given”, “comes home”",
      'names the test “comes home”, which is not in services/loft/src/main.test.ts',
    ],
    ['a path', '`services/loft/src/gone.ts`', 'names the path services/loft/src/gone.ts, which does not exist'],
    ['a path in a block', '```text\nservices/gone/\n```', 'names the path services/gone/, which does not exist'],
    ['a path with a placeholder', '`services/gone/src/<name>.ts`', 'names the path services/gone/src/<name>.ts, which does not exist'],
    ['a file', '`gone.ts`', 'names the file gone.ts, which does not exist'],
    ['a script of npm', '`npm run fly`', 'names the npm script fly, which does not exist'],
    ['a script of npm in a block', '```sh\nnpm test\n```', 'names the npm script test, which does not exist'],
    ['a command', '`npm run switchboard -- fly --far`', 'names the command switchboard fly, which does not exist'],
    ['a profile', '`docker compose --profile race up`', 'names the profile race, which docker-compose.yml does not have'],
    ['a variable', '`LOFT_HEIGHT`', 'names the variable LOFT_HEIGHT, which no configuration declares'],
    ['a variable in a block', '```sh\nLOFT_HEIGHT=2 npm start\n```', 'names the variable LOFT_HEIGHT, which no configuration declares'],
    ['a topic', 'It is in letters.lost.v1.', 'names the topic letters.lost.v1, which does not exist'],
    ['a topic of another generation', '`app-installs.v2`', 'names the topic app-installs.v2, which does not exist'],
    ['a record', '`switchboard.letters.v1.Parcel`', 'names the record switchboard.letters.v1.Parcel, which does not exist'],
    ['an event type', 'ms.Letter.LossEvent', 'names the event type ms.Letter.LossEvent, which does not exist'],
    ['an event', '`LossEvent`', 'names the event LossEvent, which does not exist'],
    ['a code', 'It ends with ERR_LOFT_BURNT.', 'names the code ERR_LOFT_BURNT, which does not exist'],
  ])('is not there: %s', (_what, text, message) => {
    expect(problemsOf(text)).toEqual([message]);
  });

  it('is reported with its line', () => {
    const [problem] = checkReferences([{ path: 'docs/page.md', text: '# Page\n\n```sh\nnpm start\nnpm run fly\n```\n' }], facts);
    expect(problem).toMatchObject({ path: 'docs/page.md', line: 5 });
  });
});

describe('the documents that must be there', () => {
  it('are, and are sound', () => {
    expect(shapeOf(sound)).toEqual([]);
  });

  it.each<[string, readonly Document[], Problem]>([
    ['no README', sound.slice(1), { path: 'README.md', line: 1, message: 'is missing' }],
    [
      'a README that is too long',
      [{ path: 'README.md', text: `${readme}${'\n'.repeat(150)}` }, ...sound.slice(1)],
      { path: 'README.md', line: 157, message: 'has 157 lines; at most 150' },
    ],
    [
      'a first command that comes late',
      [{ path: 'README.md', text: `${'\n'.repeat(27)}${readme}` }, ...sound.slice(1)],
      { path: 'README.md', line: 31, message: 'shows no command by line 30' },
    ],
    [
      'no command at all',
      [{ path: 'README.md', text: readme.replace('sh', 'text') }, ...sound.slice(1)],
      { path: 'README.md', line: 1, message: 'shows no command by line 30' },
    ],
    [
      'a route that the README does not name',
      [{ path: 'README.md', text: readme.replace(':app', ':bird') }, ...sound.slice(1)],
      { path: 'README.md', line: 1, message: 'does not name the route /pigeon/:app of pigeon' },
    ],
    ['a source without a page', sound.slice(0, 2), { path: page, line: 1, message: 'the source pigeon has no page' }],
    [
      'a page that the README does not link to',
      [{ path: 'README.md', text: readme.replace(`](${page})`, '') }, ...sound.slice(1)],
      { path: 'README.md', line: 1, message: `does not link to ${page}` },
    ],
    [
      'a variable without a word',
      [sound[0] as Document, { path: configuration.path, text: configuration.text.replace('LOFT_PORT', 'PORT') }, ...sound.slice(2)],
      { path: 'docs/configuration.md', line: 1, message: 'does not name the variable LOFT_PORT' },
    ],
  ])('are refused: %s', (_what, documents, problem) => {
    expect(shapeOf(documents)).toContainEqual(problem);
  });
});
