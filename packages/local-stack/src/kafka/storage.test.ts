import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { testDirectory } from '../testing/directory.ts';
import { inspectStorage, newClusterId, prepareStorage } from './storage.ts';

const META = '#\n#Mon Nov 23 2026\ncluster.id=AAAAAAAAAAAAAAAAAAAAAQ\ndirectory.id=8LV2fkvGKKg3PrkJK9YpSA\nnode.id=1\nversion=1\n';

async function dataDirectory(files: Record<string, string>): Promise<string> {
  const directory = await testDirectory();
  await mkdir(join(directory, '__cluster_metadata-0'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  return directory;
}

describe('a broker’s data directory', () => {
  it('is formatted when it says whose it is and has its bootstrap records', async () => {
    const directory = await dataDirectory({ 'meta.properties': META, 'bootstrap.checkpoint': 'x' });
    expect(await inspectStorage(directory)).toEqual({ kind: 'formatted', clusterId: 'AAAAAAAAAAAAAAAAAAAAAQ', nodeId: 1 });
  });

  it.each([
    ['has no bootstrap records', { 'meta.properties': META }, true],
    ['has empty bootstrap records', { 'meta.properties': META, 'bootstrap.checkpoint': '' }, true],
    ['has half a meta.properties', { 'meta.properties': META.slice(0, 60), 'bootstrap.checkpoint': 'x' }, true],
    ['has an empty meta.properties', { 'meta.properties': '', 'bootstrap.checkpoint': 'x' }, true],
    ['has bootstrap records only', { 'bootstrap.checkpoint': 'x' }, true],
    ['has neither', {}, false],
  ])('is unformatted when it %s', async (_what, files, halfDone) => {
    expect(await inspectStorage(await dataDirectory(files as Record<string, string>))).toEqual({ kind: 'unformatted', halfDone });
  });

  it('is refused when it belongs to another broker', async () => {
    const logDir = await dataDirectory({ 'meta.properties': META, 'bootstrap.checkpoint': 'x' });
    const preparing = prepareStorage({
      program: { directory: '/nowhere', java: { command: '/nowhere', home: '/nowhere', major: 25, version: '25' } },
      logDir,
      propertiesFile: '/nowhere',
      nodeId: 2,
      clusterId: newClusterId(),
      environment: {},
      report: () => {},
    });
    await expect(preparing).rejects.toMatchObject({ code: 'ERR_STACK_DATA_MISMATCH' });
    await expect(preparing).rejects.toThrow('holds the data of broker 1, not of broker 2');
  });

  it('gets cluster ids that Kafka’s tools take', () => {
    for (let round = 0; round < 500; round += 1) expect(newClusterId()).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_-]{21}$/);
  });
});
