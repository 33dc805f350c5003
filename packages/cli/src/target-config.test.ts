import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readTargetConfig } from './config.ts';

const KAFKA = { KAFKA_BROKERS: 'kafka.example:9092' };
const REGISTRY = { SCHEMA_REGISTRY_URL: 'https://registry.example' };

const running = async () => true;
const stopped = async () => false;

/** A data directory with the environment of a stack. */
async function stackDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'cli-target-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await mkdir(join(directory, 'secrets'));
  const environment = { KAFKA_BROKERS: '127.0.0.1:1', SCHEMA_REGISTRY_URL: 'http://127.0.0.1:2', TOPIC_PREFIX: 'local.' };
  await writeFile(join(directory, 'secrets', 'environment.json'), JSON.stringify(environment));
  return directory;
}

it.each<[string, Record<string, string>, RegExp]>([
  ['no variable', {}, /^KAFKA_BROKERS and SCHEMA_REGISTRY_URL must be set .* no stack of `npm start` runs on /],
  ['the registry alone', REGISTRY, /^KAFKA_BROKERS must be set /],
  ['the brokers alone', KAFKA, /^SCHEMA_REGISTRY_URL must be set /],
  ['empty variables', { KAFKA_BROKERS: '', SCHEMA_REGISTRY_URL: '' }, /^KAFKA_BROKERS and SCHEMA_REGISTRY_URL must be set /],
])('a command that changes a cluster is refused with exit code 2 where %s names it', async (_name, environment, message) => {
  const SWITCHBOARD_DATA_DIR = await stackDirectory();
  const reading = readTargetConfig({}, { ...environment, SWITCHBOARD_DATA_DIR }, stopped);
  await expect(reading).rejects.toMatchObject({ name: 'UsageError', exitCode: 2, message: expect.stringMatching(message) });
});

it('takes the cluster of a stack that runs in the folder, with its other variables', async () => {
  const SWITCHBOARD_DATA_DIR = await stackDirectory();
  expect(await readTargetConfig({}, { SWITCHBOARD_DATA_DIR }, running)).toMatchObject({
    ok: true,
    config: { kafkaBrokers: ['127.0.0.1:1'], schemaRegistryUrl: 'http://127.0.0.1:2', topicPrefix: 'local.' },
  });
});

it('takes no variable of a stack that runs where the cluster is named', async () => {
  const SWITCHBOARD_DATA_DIR = await stackDirectory();
  const { KAFKA_BROKERS } = KAFKA;
  expect(await readTargetConfig({ KAFKA_BROKERS }, { ...REGISTRY, SWITCHBOARD_DATA_DIR }, running)).toMatchObject({
    ok: true,
    config: { kafkaBrokers: [KAFKA_BROKERS], schemaRegistryUrl: REGISTRY.SCHEMA_REGISTRY_URL, topicPrefix: undefined },
  });
  await expect(readTargetConfig({ KAFKA_BROKERS }, { SWITCHBOARD_DATA_DIR }, running)).rejects.toMatchObject({ exitCode: 2 });
});
