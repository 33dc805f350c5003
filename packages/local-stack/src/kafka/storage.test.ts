import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { testDirectory } from '../testing/directory.ts';
import { inspectStorage, newClusterId, prepareStorage, repairStorage } from './storage.ts';

const META = '#\n#Mon Nov 23 2026\ncluster.id=AAAAAAAAAAAAAAAAAAAAAQ\ndirectory.id=8LV2fkvGKKg3PrkJK9YpSA\nnode.id=1\nversion=1\n';
const WHOLE = { 'meta.properties': META, 'bootstrap.checkpoint': 'x' };

async function fill(directory: string, files: Readonly<Record<string, string>>, ...partitions: string[]): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const name of partitions) await mkdir(join(directory, name));
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
}

/** A broker's directory: its data, and the original of its format where one is given. */
async function brokerDirectory(
  data: Readonly<Record<string, string>>,
  original?: Readonly<Record<string, string>>,
  ...partitions: string[]
) {
  const directory = await testDirectory();
  await fill(join(directory, 'data'), data, ...partitions);
  if (original !== undefined) await fill(join(directory, 'formatted'), original);
  return directory;
}

const damage: [string, Record<string, string>][] = [
  ['has no bootstrap records', { 'meta.properties': META }],
  ['has empty bootstrap records', { 'meta.properties': META, 'bootstrap.checkpoint': '' }],
  ['has half a meta.properties', { 'meta.properties': META.slice(0, 60), 'bootstrap.checkpoint': 'x' }],
  ['has an empty meta.properties', { 'meta.properties': '', 'bootstrap.checkpoint': 'x' }],
  ['has bootstrap records only', { 'bootstrap.checkpoint': 'x' }],
];

describe('a broker’s data directory', () => {
  it('is formatted when it says whose it is and has its bootstrap records', async () => {
    const directory = await brokerDirectory(WHOLE);
    expect(await inspectStorage(join(directory, 'data'))).toEqual({ kind: 'formatted', clusterId: 'AAAAAAAAAAAAAAAAAAAAAQ', nodeId: 1 });
  });

  it.each(damage)('is unformatted when it %s', async (_what, files) => {
    const directory = await brokerDirectory(files);
    expect(await repairStorage(directory, () => {})).toEqual({ kind: 'unformatted', halfDone: true, records: false });
  });

  it('is unformatted when it is not there', async () => {
    expect(await repairStorage(await testDirectory(), () => {})).toEqual({ kind: 'unformatted', halfDone: false, records: false });
  });

  it.each(damage)('is completed from the original of its format when it %s', async (_what, files) => {
    const directory = await brokerDirectory(files, WHOLE, '__cluster_metadata-0', 'events.messaging.v1-11');
    const lines: string[] = [];
    expect(await repairStorage(directory, (line) => lines.push(line))).toMatchObject({ kind: 'formatted', nodeId: 1 });
    expect(await readFile(join(directory, 'data', 'meta.properties'), 'utf8')).toBe(META);
    expect(lines).toEqual([`${join(directory, 'data')} is half-formatted; completing it`]);
  });

  it('is explained when it holds records and nothing is left that says whose', async () => {
    const directory = await brokerDirectory({ 'meta.properties': '' }, { 'meta.properties': META }, 'events.messaging.v1-11');
    const repair = repairStorage(directory, () => {});
    await expect(repair).rejects.toMatchObject({ code: 'ERR_STACK_DATA_DAMAGED' });
    await expect(repair).rejects.toThrow('holds records, but no whole meta.properties');
  });

  it('is refused when it belongs to another broker', async () => {
    const directory = await brokerDirectory(WHOLE);
    const preparing = prepareStorage({
      program: { directory: '/nowhere', java: { command: '/nowhere', home: '/nowhere', major: 25, version: '25' } },
      directory,
      properties: () => '',
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
