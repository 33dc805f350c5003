import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestIngress, type TestIngress, testSourcesFile } from './testing/start-ingress.ts';

let ingress: TestIngress;
beforeEach(async () => {
  ingress = await startTestIngress();
});
afterEach(() => ingress.stop());

const status = async (app: string, word: string) => (await ingress.post(`/test/${app}`, 'new', { authorization: `Bearer ${word}` })).status;

describe('a changed sources file', () => {
  it('is in force at once', async () => {
    expect(await status('gamma', 'beta-word')).toBe(401);
    await ingress.writeSources(testSourcesFile.replace('beta:', 'gamma:'));
    expect([await status('gamma', 'beta-word'), await status('beta', 'beta-word')]).toEqual([202, 401]);
    expect(await ingress.metric(/^ingress_sources_valid\{/)).toMatch(/ 1$/);
  });

  it.each([
    ['an unknown member', testSourcesFile.replace('waitMs', 'waitMS')],
    ['broken YAML', 'apps: [unclosed'],
    ['a secret that is not set', testSourcesFile.replace('BETA_WORD', 'NO_SUCH_WORD')],
    ['nothing in it', ''],
  ])('leaves the last good one in force with %s, logs and shows it', async (_name, text) => {
    await ingress.writeSources(text);
    expect([await status('alpha', 'alpha-word'), await status('beta', 'beta-word')]).toEqual([202, 202]);
    expect(await ingress.metric(/^ingress_sources_valid\{/)).toMatch(/ 0$/);
    expect(await ingress.metric(/ingress_sources_loads_total\{outcome="invalid"/)).toMatch(/ 1$/);
    expect(ingress.lines.filter((line) => line.includes('ERR_SOURCES_INVALID'))).toHaveLength(1);
    await ingress.writeSources(`${testSourcesFile}\n# repaired`);
    expect(await ingress.metric(/^ingress_sources_valid\{/)).toMatch(/ 1$/);
  });

  it('leaves the last good one in force when it is missing', async () => {
    await ingress.writeSources('missing');
    expect(await status('alpha', 'alpha-word')).toBe(202);
    expect(await ingress.metric(/ingress_sources_loads_total\{outcome="unreadable"/)).toMatch(/ 1$/);
  });
});

describe('the first sources file', () => {
  it('must be valid', async () => {
    await expect(startTestIngress({ sourcesFile: 'apps: {}' })).rejects.toThrow(
      'SOURCES_FILE must be valid: see the log line with ERR_SOURCES_INVALID',
    );
  });
});
