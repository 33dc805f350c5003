import { type Codec, CodecError, createOfflineCodec, topics } from '@switchboard/contracts';
import { createMemoryLog } from '@switchboard/event-log';
import { expect, it } from 'vitest';
import { startInstallView } from './install-view.ts';
import { exampleInstall } from './testing/example-install.ts';

const offline = createOfflineCodec();

async function viewWith(ensure: Codec['ensure']) {
  const log = createMemoryLog({ topics: [topics.installs] });
  const value = offline.encode('switchboard.installs.v1.AppInstall', exampleInstall({ installId: 'a' }));
  await (await log.appender()).append({ topic: topics.installs.name, key: Buffer.from('a'), value });
  const unreadable: unknown[] = [];
  const onUnreadable = (_record: unknown, error: unknown) => void unreadable.push(error);
  return { starting: startInstallView({ log, codec: { ...offline, ensure }, onUnreadable, retryMs: 1 }), unreadable };
}

it('shows a change whose schema the registry could not give at first', async () => {
  let failures = 3;
  const { starting, unreadable } = await viewWith(async () => {
    if (failures-- > 0) throw new CodecError('ERR_CODEC_REGISTRY_UNAVAILABLE', 'away');
  });
  const view = await starting;
  expect([view.get('a')?.version, unreadable]).toEqual([1, []]);
  await view.stop();
});

it('skips a change whose schema the registry does not have', async () => {
  const { starting, unreadable } = await viewWith(async () => {
    throw new CodecError('ERR_CODEC_UNKNOWN_SCHEMA', 'unknown');
  });
  const view = await starting;
  expect([view.get('a'), unreadable.length]).toEqual([undefined, 1]);
  await view.stop();
});
