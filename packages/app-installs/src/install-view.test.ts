import { createOfflineCodec, topics } from '@switchboard/contracts';
import { type Appender, createMemoryLog, type EventLog } from '@switchboard/event-log';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type InstallView, startInstallView } from './install-view.ts';
import { exampleInstall, exampleWebhook } from './testing/example-install.ts';

const CONTENT = 'ms.MessagingEventNotification.ContentEvent';
const TONE = 'calling.CallNotification.ToneEvent';
const codec = createOfflineCodec();
const event = (type: typeof CONTENT | typeof TONE) => ({ type, record: { app: 'bot', source: 'ucwa', tenantId: null } });

let log: EventLog;
let appender: Appender;
const views: InstallView[] = [];

beforeEach(async () => {
  log = createMemoryLog({ topics: [topics.installs] });
  appender = await log.appender();
});

afterEach(async () => {
  for (const view of views.splice(0)) await view.stop();
});

async function write(install: ReturnType<typeof exampleInstall>) {
  const value = codec.encode('switchboard.installs.v1.AppInstall', install);
  await appender.append({ topic: topics.installs.name, key: Buffer.from(install.installId), value });
}

async function start(options: Partial<Parameters<typeof startInstallView>[0]> = {}) {
  const view = await startInstallView({ log, codec, ...options });
  views.push(view);
  return view;
}

describe('the view of app installs', () => {
  it('has the newest record of every key in the topic once it resolves', async () => {
    for (let n = 0; n < 30; n++) await write(exampleInstall({ installId: `i${n}` }));
    await write(exampleInstall({ installId: 'i7', version: 2, clientName: 'newer' }));
    const view = await start();
    expect(view.all()).toHaveLength(30);
    expect(view.get('i7')).toMatchObject({ version: 2, clientName: 'newer' });
    expect(view.get('none')).toBeUndefined();
  });

  it('removes an install at its tombstone, also from the index by type', async () => {
    await write(exampleInstall({ installId: 'a' }));
    await appender.append({ topic: topics.installs.name, key: Buffer.from('a'), value: null });
    const view = await start();
    expect(view.get('a')).toBeUndefined();
    expect(view.matching(event(CONTENT))).toEqual([]);
  });

  it('follows changes, and finds an install by the types of its newest document', async () => {
    await write(exampleInstall({ installId: 'a' }));
    const view = await start();
    expect(view.matching(event(CONTENT)).map(({ installId }) => installId)).toEqual(['a']);
    await write(exampleInstall({ installId: 'a', version: 2, webhooks: { [TONE]: exampleWebhook() } }));
    expect(await view.shows('a', 2, 1_000)).toBe(true);
    expect(view.matching(event(CONTENT))).toEqual([]);
    expect(view.matching(event(TONE)).map(({ installId }) => installId)).toEqual(['a']);
  });

  it('resolves to false when it does not show a version in time', async () => {
    const view = await start();
    expect(await view.shows('a', 1, 20)).toBe(false);
  });

  it('keeps the last state of an install whose newest record cannot be read, and reports the record', async () => {
    await write(exampleInstall({ installId: 'a', version: 3 }));
    await appender.append({ topic: topics.installs.name, key: Buffer.from('a'), value: Buffer.from('no record') });
    const unreadable: bigint[] = [];
    const view = await start({ onUnreadable: ({ offset }) => unreadable.push(offset) });
    expect(view.get('a')?.version).toBe(3);
    expect(unreadable).toEqual([1n]);
  });

  it('reports every change', async () => {
    await write(exampleInstall({ installId: 'a' }));
    await appender.append({ topic: topics.installs.name, key: Buffer.from('a'), value: null });
    const changes: (number | undefined)[] = [];
    await start({ onChange: (_installId, install) => changes.push(install?.version) });
    expect(changes).toEqual([1, undefined]);
  });
});
