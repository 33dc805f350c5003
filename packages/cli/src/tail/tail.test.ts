import { applyInstallDocument, createInstallOpener, createSecretBox, readInstallDocument } from '@switchboard/app-installs';
import { type AppInstall, createOfflineCodec, topics } from '@switchboard/contracts';
import { createMemoryLog } from '@switchboard/event-log';
import { describe, expect, it } from 'vitest';
import { createOutput } from '../output.ts';
import { tail, topicsOf } from './tail.ts';

const codec = createOfflineCodec();

async function logWith(...values: (Buffer | null)[]) {
  const log = createMemoryLog({ topics: Object.values(topics) });
  const appender = await log.appender();
  for (const value of values)
    await appender.append({
      topic: topics.messaging.name,
      key: Buffer.from('c'),
      value,
      headers: [['ce_type', Buffer.from('ms.MessagingEventNotification.ChatStateEvent')]],
    });
  return log;
}

function typing(chatState: string): Buffer {
  return codec.encode('switchboard.messaging.v1.ChatStateEvent', {
    eventId: 'e',
    occurredAt: 1,
    receivedAt: 2,
    app: 'a',
    source: 'ucwa',
    raw: 'notifications.raw.v1-0-0',
    extensions: '{}',
    chatState,
  });
}

async function lines(
  log: Awaited<ReturnType<typeof logWith>>,
  options: Partial<Parameters<typeof tail>[3]>,
  json = true,
): Promise<string[]> {
  const printed: string[] = [];
  const output = createOutput((text) => printed.push(text.trimEnd()), { json });
  await tail(log, codec, output, {
    subject: topics.messaging.name,
    from: 'beginning',
    once: true,
    signal: new AbortController().signal,
    ...options,
  });
  return printed;
}

async function lineOfInstall(install: AppInstall): Promise<string> {
  const log = createMemoryLog({ topics: Object.values(topics) });
  const value = codec.encode('switchboard.installs.v1.AppInstall', install);
  await (await log.appender()).append({ topic: topics.installs.name, key: Buffer.from('a'), value });
  return (await lines(log, { subject: topics.installs.name })).join();
}

describe('tail', () => {
  it('shows an install without header values, queries and ciphertexts, whether they are sealed or in the clear', async () => {
    const type = 'ms.MessagingEventNotification.ContentEvent';
    const webhook = { endpoint: 'https://hooks.example/in?code=sesame', headers: [{ header_name: 'X-Key', header_value: 'hunter2' }] };
    const read = readInstallDocument({ client_name: 'app', capabilities: { webhooks: { [type]: webhook } } });
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    const box = createSecretBox(Buffer.alloc(32, 1));
    const { install } = applyInstallDocument('a', read.document, undefined, { box, now: 1, overlapMs: 0, newSecretId: () => 's' });
    const clear = createInstallOpener(box).open(install);
    expect(clear.document).toMatch(/sesame.*hunter2/);
    const [sealedLine, clearLine] = [await lineOfInstall(install), await lineOfInstall(clear)];
    expect(sealedLine + clearLine).not.toMatch(/sesame|hunter2|ciphertext|base64/);
    const shown = { endpoint: 'https://hooks.example/in', headers: [{ name: 'X-Key', value: '' }] };
    expect(JSON.parse(sealedLine).value).toMatchObject({ sealed: true, webhooks: { [type]: shown } });
    expect(JSON.parse(clearLine).value).toMatchObject({ sealed: false, webhooks: { [type]: shown } });
  });

  it('prints what stands in a topic, decoded, one JSON line a record', async () => {
    const [line] = await lines(await logWith(typing('COMPOSING')), {});
    expect(JSON.parse(line ?? '')).toMatchObject({
      topic: 'events.messaging.v1',
      offset: '0',
      type: 'ms.MessagingEventNotification.ChatStateEvent',
      value: { chatState: 'COMPOSING' },
    });
  });

  it('goes on after a record that cannot be decoded and says why', async () => {
    const printed = await lines(await logWith(Buffer.from('rubbish'), typing('PAUSE')), {}, false);
    expect(printed[0]).toContain('cannot be decoded: ERR_CODEC_FRAMING');
    expect(printed[1]).toContain('PAUSE');
  });

  it('shows the events of a type alone, and ends at the limit', async () => {
    const log = await logWith(typing('COMPOSING'), typing('PAUSE'), typing('GONE'));
    expect(await lines(log, { subject: 'ms.MessagingEventNotification.ContentEvent' })).toEqual([]);
    expect(await lines(log, { subject: 'ms.MessagingEventNotification.ChatStateEvent', limit: 2, once: false })).toHaveLength(2);
  });

  it('names what can be tailed when asked for something else', () => {
    expect(() => topicsOf('events')).toThrow(/"events" is neither a topic nor an event type; known are:\n {2}notifications\.raw\.v1/);
  });
});
