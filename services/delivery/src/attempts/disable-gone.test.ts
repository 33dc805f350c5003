import { randomBytes } from 'node:crypto';
import {
  applyInstallDocument,
  createInstallOpener,
  createInstallStore,
  createSecretBox,
  readInstallDocument,
} from '@switchboard/app-installs';
import { createMemoryWriter } from '@switchboard/app-installs/testing';
import { type AppInstall, createOfflineCodec, topics } from '@switchboard/contracts';
import { createMemoryLog } from '@switchboard/event-log';
import { expect, it } from 'vitest';
import { createDisableGone } from './disable-gone.ts';

const CONTENT = 'ms.MessagingEventNotification.ContentEvent';
const RECORD_NAME = 'switchboard.installs.v1.AppInstall';
const gone = 'https://hooks.example/gone?code=secret';

async function rig(...failures: ('ERR_LOG_FENCED' | 'ERR_LOG_UNAVAILABLE')[]) {
  const log = createMemoryLog({ topics: Object.values(topics) });
  const codec = createOfflineCodec();
  const appender = await log.appender();
  const box = createSecretBox(randomBytes(32));
  const read = readInstallDocument({ client_name: 'a', capabilities: { webhooks: { [CONTENT]: { endpoint: gone } } } });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const { install } = applyInstallDocument('a', read.document, undefined, { box, now: 1, overlapMs: 0, newSecretId: () => 's' });
  await appender.append({ topic: topics.installs.name, key: Buffer.from('a'), value: codec.encode(RECORD_NAME, install) });
  const reported: string[] = [];
  const disable = createDisableGone({
    store: createInstallStore({ log, writer: createMemoryWriter(appender, failures), codec }),
    opener: createInstallOpener(box),
    now: () => 1,
    newId: () => 'id-1',
    onDisabled: (id, type) => reported.push(`disabled ${id} ${type}`),
    onFailed: (id, type, cause) => reported.push(`failed ${id} ${type}: ${cause}`),
  });
  const versions = async (): Promise<readonly AppInstall[]> => {
    const found: AppInstall[] = [];
    const onRecords = (records: readonly { readonly value: Buffer | null }[]): void => {
      for (const { value } of records) if (value !== null) found.push(codec.decode(RECORD_NAME, value));
    };
    const reader = await log.reader({ topics: [topics.installs.name], from: 'beginning', onRecords });
    await reader.caughtUp;
    await reader.stop();
    return found;
  };
  return { disable, reported, versions };
}

it('disables a webhook that responded with 410 once, if it still has that endpoint', async () => {
  const { disable, reported, versions } = await rig();
  disable('a', CONTENT, 'https://moved.example/');
  disable('a', CONTENT, 'https://hooks.example/gone?code=other');
  disable('a', CONTENT, gone);
  disable('a', CONTENT, gone);
  await expect.poll(() => reported).toEqual([`disabled a ${CONTENT}`]);
  disable('a', CONTENT, gone);
  disable('removed', CONTENT, gone);
  await expect
    .poll(async () => (await versions()).map(({ version, webhooks }) => [version, webhooks[CONTENT]?.disabled]))
    .toEqual([
      [1, false],
      [2, true],
    ]);
  expect(reported).toEqual([`disabled a ${CONTENT}`]);
});

it('decides again when another writer fenced it, and reports what Kafka did not take', async () => {
  const fenced = await rig('ERR_LOG_FENCED', 'ERR_LOG_FENCED');
  fenced.disable('a', CONTENT, gone);
  await expect.poll(() => fenced.reported).toEqual([`disabled a ${CONTENT}`]);
  const away = await rig('ERR_LOG_UNAVAILABLE');
  away.disable('a', CONTENT, gone);
  await expect.poll(() => away.reported).toEqual([`failed a ${CONTENT}: the change was not written`]);
});
