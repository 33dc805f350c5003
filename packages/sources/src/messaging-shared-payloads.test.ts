import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { completeEvents, createOfflineCodec, eventTypes, type RawNotification } from '@switchboard/contracts';
import { isJsonObject, type Json, type JsonObject, type Source, signHmac, textAt } from '@switchboard/source-kit';
import { authenticateAndVerify, createTestIssuer, readEntry } from '@switchboard/source-kit/testing';
import { describe, expect, it } from 'vitest';
import { botFramework } from './bot-framework/index.ts';
import { outgoingWebhook } from './outgoing-webhook/index.ts';
import { rawOf } from './testing/raw-notification.ts';
import { entryContext, requestOf, routing } from './testing/request.ts';
import { ucwa } from './ucwa/index.ts';
import { skypeForBusinessAppId } from './ucwa/verify.ts';

const repository = new URL('../../../', import.meta.url).pathname;
const payloads = process.env.SHARED_PAYLOADS ?? join(repository, '..', 'shared', 'payloads');
const families: Readonly<Record<string, Source>> = { ucwa, botframework: botFramework, 'outgoing-webhook': outgoingWebhook };

const files = Object.entries(families).flatMap(([family, source]) => {
  const directory = join(payloads, family);
  return existsSync(directory)
    ? readdirSync(directory).map((file) => ({ family, source, file, body: readFileSync(join(directory, file)) }))
    : [];
});

// What the collection itself marks as no inbound notification.
const isNotification = (file: string) => !/^(response|fragment|sdk-entity)-/.test(file);

const tenant = '1fdd12d0-4620-44ed-baec-000000000001';
const hmacKey = Buffer.alloc(32, 5);
const codec = createOfflineCodec();
const endorsements = ['msteams', 'emulator', 'webchat', 'channelId', "channel's name/id"];

async function pipeline() {
  const issuer = await createTestIssuer({ endorsements });
  const keySets = issuer.keySets();
  const { metadataUrl } = issuer;
  const entries: Readonly<Record<string, unknown>> = {
    ucwa: { audience: 'app', tenants: [tenant], metadataUrl },
    'bot-framework': { audience: 'app', metadataUrl },
    'outgoing-webhook': { ids: ['id'], keys: [{ env: 'KEY' }], reply: { default: { type: 'message', text: 'ok' } } },
  };
  const credentialOf = (source: Source, body: Buffer): string => {
    if (source.id === 'outgoing-webhook') return signHmac(body, hmacKey);
    const serviceurl = textAt(JSON.parse(body.toString()) as Json, 'serviceUrl');
    const own =
      source.id === 'ucwa' ? { iss: `https://sts.windows.net/${tenant}/`, tid: tenant, appid: skypeForBusinessAppId, ver: '1.0' } : {};
    return `Bearer ${issuer.token({ iss: 'https://api.botframework.com', aud: 'app', serviceurl, ...own })}`;
  };

  /** From the signed request to the encoded events: the event types, or the code it ended with. */
  async function outcomeOf(source: Source, body: Buffer): Promise<string> {
    const read = readEntry(source, entries[source.id], entryContext({ KEY: hmacKey.toString('base64') }));
    if (!read.ok) throw new Error(read.problems.join('; '));
    const request = requestOf(body, { query: 'id=id', headers: { authorization: credentialOf(source, body) } });
    const verified = await authenticateAndVerify<unknown>(source, request, { app: 'contoso', entry: read.entry, keySets, now: Date.now() });
    if (verified.kind !== 'verified') return verified.code;
    const classified = source.classify(request, { app: 'contoso', entry: read.entry, principal: verified.principal, routing });
    if (classified.kind === 'malformed') return classified.code;
    const { routingKey, dedupeKey, disposition, answer, location = null, callbackContext = null, callbackUri = null } = classified;
    const { principal } = verified;
    const filed = { source: source.id, query: request.query, principal, routingKey, dedupeKey, disposition };
    return normalizedOf(source, rawOf(body, { ...filed, answer: { status: answer.status, location, callbackContext, callbackUri } }));
  }
  return { outcomeOf, stop: () => keySets.stop() };
}

/** What becomes of a body that the ingress would not take: as incomplete as it is in print. */
const inPrint = (source: Source, body: Buffer): string => normalizedOf(source, rawOf(body, { source: source.id }));

function normalizedOf(source: Source, raw: RawNotification): string {
  const outcome = source.normalize(raw);
  if (outcome.kind !== 'events') return outcome.code;
  const events = completeEvents(raw, { topic: 'notifications.raw.v1', partition: 0, offset: 0n }, outcome.events);
  for (const event of events) codec.encode(eventTypes[event.type].record, event.record);
  const types = events.map((event) => event.type.replace(/^.*\./, ''));
  return [...new Set(types)].map((type) => `${type} x${types.filter((other) => other === type).length}`).join(' + ');
}

/** Many activities are printed without what a channel must send; this adds what is missing and changes nothing else. */
function completed(body: Buffer): Buffer {
  const activity = JSON.parse(body.toString()) as JsonObject;
  const account = { id: '29:someone', name: 'Someone' };
  const required = {
    serviceUrl: 'https://smba.example.com/emea/',
    channelId: 'msteams',
    from: account,
    recipient: account,
    conversation: { id: 'c' },
  };
  return Buffer.from(JSON.stringify({ type: 'invoke', ...required, ...activity }));
}

function tally(outcomes: readonly string[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const outcome of outcomes) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return Object.fromEntries([...counts].sort());
}

describe('messaging notifications of the shared payloads', () => {
  it.skipIf(files.length === 0)('each end as events, as unmapped or under a code, from the signed request to Avro', async () => {
    const { outcomeOf, stop } = await pipeline();
    const outcomes: string[] = [];
    for (const { family, source, body } of files) outcomes.push(`${family}: ${await outcomeOf(source, body)}`);
    await stop();
    console.table(tally(outcomes));
    expect(outcomes).toHaveLength(files.length);
    expect(outcomes.filter((outcome) => !/: (ERR_[A-Z_]+|\w+ x\d+( \+ \w+ x\d+)*)$/.test(outcome))).toEqual([]);
  });

  it.skipIf(files.length === 0)('of bots all become events once what print left out is there', async () => {
    const { outcomeOf, stop } = await pipeline();
    const activities = files.filter(({ family, file }) => family === 'botframework' && isNotification(file));
    const outcomes: string[] = [];
    for (const { source, body } of activities) outcomes.push(await outcomeOf(source, completed(body)));
    await stop();
    console.table(tally(outcomes));
    expect(outcomes.filter((outcome) => outcome.startsWith('ERR'))).toEqual([]);
  });

  it.skipIf(files.length === 0)('of UCWA all become events but the one that is empty', () => {
    const others = files.filter(({ family, source, body }) => family === 'ucwa' && inPrint(source, body).startsWith('ERR'));
    expect(others.map(({ file }) => file)).toEqual(['tap-empty.json']);
  });

  it.skipIf(files.length === 0)('with a type and a conversation become an event, also where other members were left out in print', () => {
    for (const { family, source, file, body } of files) {
      if (family === 'ucwa') continue;
      const activity = JSON.parse(body.toString()) as Json;
      const complete =
        isJsonObject(activity) && textAt(activity, 'type') !== undefined && textAt(activity, 'conversation', 'id') !== undefined;
      expect([file, inPrint(source, body)]).toEqual([
        file,
        complete ? expect.stringMatching(/^\w+(Event|Notification) x1$/) : 'ERR_NORMALIZE_SHAPE',
      ]);
    }
  });

  it.skipIf(files.length === 0)('that are no notifications become no event', () => {
    const auxiliary = files.filter(({ file }) => !isNotification(file));
    expect(auxiliary.length).toBeGreaterThan(0);
    for (const { file, source, body } of auxiliary) expect([file, inPrint(source, body)]).toEqual([file, 'ERR_NORMALIZE_SHAPE']);
  });
});
