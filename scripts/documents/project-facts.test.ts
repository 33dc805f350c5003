import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Facts } from './facts.ts';
import { projectFacts, undeclared } from './project-facts.ts';
import { type ProjectFiles, readProjectFiles } from './project-files.ts';

let files: ProjectFiles;
let facts: Facts;

beforeAll(async () => {
  files = await readProjectFiles(fileURLToPath(new URL('../..', import.meta.url)));
  ({ facts } = projectFacts(files));
});

describe('what holds in the project', () => {
  it('has something of every kind', () => {
    expect(facts.npmScripts).toContain('check');
    expect(facts.cliCommands).toContain('tail');
    expect(facts.composeProfiles).toContain('demo');
    expect(facts.variables).toContain('KAFKA_BROKERS');
    expect(facts.variables).toContain('SECRETS_KEY_FILE');
    expect(facts.variables).toContain('SWITCHBOARD_CACHE_DIR');
    expect(facts.variables).toContain('HOST_PORT_INGRESS');
    expect(facts.variables).not.toContain('PATH');
    expect(facts.testVariables).toContain('REQUIRE_BROKER');
    expect(facts.topics).toContain('notifications.raw.v1');
    expect(facts.eventTypes).toContain('cqm.ExConversationChangeNotification');
    expect(facts.recordNames).toContain('switchboard.notifications.v1.RawNotification');
    expect(facts.errorCodes).toContain('ERR_VERIFY_TOKEN_AUDIENCE');
    expect(facts.errorCodes).toContain('ERR_SKIPPED_FILTERED');
    expect(facts.sources.map(({ id }) => id)).toContain('ucwa');
    expect(facts.fileNames).toContain('project-facts.test.ts');
  });
});

describe('what no list declares', () => {
  const withFile = (path: string, text: string): ProjectFiles => ({ ...files, production: new Map([[path, text]]) });

  it('is a code that stands in a source file alone', () => {
    const planted = withFile('services/ingress/src/planted.ts', "\n\nconst code = 'ERR_INGRESS_PLANTED';\n");
    expect(undeclared(planted, facts)).toEqual([
      { path: 'services/ingress/src/planted.ts', line: 3, message: 'uses the code ERR_INGRESS_PLANTED, which no closed list declares' },
    ]);
  });

  it('is a configuration that the documents do not show', () => {
    const planted = withFile('services/planted/src/config.ts', 'export const plantedConfig = defineConfig({});\n');
    expect(undeclared(planted, facts)).toHaveLength(1);
    expect(undeclared(planted, facts)[0]).toMatchObject({ path: 'services/planted/src/config.ts', line: 1 });
  });
});
