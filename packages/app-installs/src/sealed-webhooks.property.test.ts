import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type AppInstall, createCodec, createOfflineCodec } from '@switchboard/contracts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { applyInstallDocument, toDocument, toDocumentWithoutSecrets } from './install-changes.ts';
import { readInstallDocument } from './read-install-document.ts';
import { resealInstall } from './reseal-install.ts';
import { createInstallOpener, sealWebhooks } from './sealed-webhooks.ts';
import { createSecretBox } from './secret-box.ts';
import { exampleInstall, exampleWebhook } from './testing/example-install.ts';

const RECORD_NAME = 'switchboard.installs.v1.AppInstall';
const CONTENT = 'ms.MessagingEventNotification.ContentEvent';
const CHAT = 'ms.MessagingEventNotification.ChatStateEvent';
const codec = createOfflineCodec();
const key = randomBytes(32);
const box = createSecretBox(key);

/** Long and random, so that it is not in the record by chance. */
const secret = fc.stringMatching(/^[A-Za-z0-9_-]{24,60}$/);
const webhook = fc.record(
  {
    endpoint: fc
      .option(secret, { nil: undefined })
      .map((query) => `https://hooks.example/in${query === undefined ? '' : `?code=${query}`}`),
    max_retries: fc.integer({ min: 0, max: 5 }),
    headers: fc
      .array(secret, { maxLength: 4 })
      .map((values) => values.map((value, at) => ({ header_name: `x-${at}`, header_value: value }))),
  },
  { requiredKeys: ['endpoint'] },
);
const webhooks = fc.record({ [CONTENT]: webhook, [CHAT]: webhook, retry: fc.constant({ retention_time: 60 }) }, { requiredKeys: [] });
const documents = fc.record(
  { client_name: fc.constant('app'), description: fc.string(), capabilities: fc.record({ webhooks }, { requiredKeys: [] }) },
  { requiredKeys: ['client_name'] },
);

type Json = Record<string, unknown>;

function installOf(document: Json, installId = 'install-1'): AppInstall {
  const read = readInstallDocument(document);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return applyInstallDocument(installId, read.document, undefined, { box, now: 1, overlapMs: 0, newSecretId: () => 's' }).install;
}

const secretsIn = (document: Json): readonly string[] =>
  JSON.stringify(document).match(/(?<=header_value":"|code=)[A-Za-z0-9_-]{24,}/g) ?? [];

it('opens what it sealed: webhooks and document are as they were written', () => {
  fc.assert(
    fc.property(documents, (document) => {
      const read = readInstallDocument(document);
      const stored = codec.decode(RECORD_NAME, codec.encode(RECORD_NAME, installOf(document)));
      const opened = createInstallOpener(box).open(stored);
      expect(opened.sealed).toBeNull();
      expect(toDocument(opened)).toEqual(document);
      const expected = read.ok ? read.document.webhooks : {};
      expect(Object.fromEntries(Object.entries(opened.webhooks).map(([type, { disabled: _, ...rest }]) => [type, rest]))).toEqual(expected);
    }),
  );
});

it('has no secret in any byte of the stored record, nor in the document as it is shown', () => {
  fc.assert(
    fc.property(documents, (document) => {
      const install = installOf(document);
      const bytes = codec.encode(RECORD_NAME, install);
      for (const text of secretsIn(document)) {
        expect(bytes.includes(text)).toBe(false);
        expect(JSON.stringify(toDocumentWithoutSecrets(createInstallOpener(box).open(install)))).not.toContain(text);
      }
      expect(install.sealed === null).toBe(secretsIn(document).length === 0);
    }),
  );
});

it('does not open a sealed part that was changed, is of another install or under another key', () => {
  const document = { client_name: 'app', capabilities: { webhooks: { [CONTENT]: { endpoint: 'https://hooks.example/in?code=sesame' } } } };
  const install = installOf(document);
  const { sealed } = install;
  if (sealed === null) throw new Error('nothing is sealed');
  const opensWith = (changed: Partial<AppInstall>, opener = createInstallOpener(box)) =>
    opener.open({ ...install, ...changed }).sealed === null;
  expect(opensWith({})).toBe(true);
  expect(opensWith({ installId: 'install-2' })).toBe(false);
  expect(opensWith({}, createInstallOpener(createSecretBox(randomBytes(32))))).toBe(false);
  expect(opensWith({ sealed: install.signingSecrets[0]?.ciphertext ?? null })).toBe(false);
  fc.assert(
    fc.property(fc.nat({ max: sealed.length * 8 - 1 }), fc.nat({ max: sealed.length - 1 }), (bit, length) => {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect([opensWith({ sealed: changed }), opensWith({ sealed: sealed.subarray(0, length) })]).toEqual([false, false]);
    }),
  );
});

it('opens bytes that an earlier build sealed', () => {
  const sealed = Buffer.from(
    '705e6539f77ae615fe776094034d064e5e7080a99c47379dbf804440315dd493872c63d5297a3ac03b5be87fe05bfc35da267e8b3dc19283b56be885db5e86d8d5dcc8ea8e784c927f849b4e517852c6873924175bff652c4fed3672e2ef5dbd0281a1c3e76757a0107c2640c840bd3fd28b',
    'hex',
  );
  const stored = exampleInstall({ sealed, webhooks: { [CONTENT]: exampleWebhook({ headers: [{ name: 'x-key', value: '' }] }) } });
  const opened = createInstallOpener(createSecretBox(Buffer.alloc(32, 1))).open(stored);
  expect(opened.webhooks[CONTENT]).toMatchObject({
    endpoint: 'https://hooks.example/in?code=sesame',
    headers: [{ name: 'x-key', value: 'k' }],
  });
});

/** A record with a header value and a query in the clear, as the versions whose schema has no `sealed` wrote it; without the framing. */
const CLEAR_HEX = [
  '12696e7374616c6c2d31020e4578616d706c65010002546d732e4d6573736167696e674576656e744e6f74696669636174696f6e2e436f6e74656e744576656e',
  '744868747470733a2f2f686f6f6b732e6578616d706c652f696e3f636f64653d736573616d6500020a782d6b65790e68756e7465723200000000000000000000',
  '00aa037b22636c69656e745f6e616d65223a224578616d706c65222c226361706162696c6974696573223a7b22776562686f6f6b73223a7b226d732e4d657373',
  '6167696e674576656e744e6f74696669636174696f6e2e436f6e74656e744576656e74223a7b22656e64706f696e74223a2268747470733a2f2f686f6f6b732e',
  '6578616d706c652f696e3f636f64653d736573616d65222c2268656164657273223a5b7b226865616465725f6e616d65223a22782d6b6579222c226865616465',
  '725f76616c7565223a2268756e74657232227d5d7d7d7d7d80a0abfef96280a0abfef962',
].join('');
const FORMER_SCHEMA_ID = 900;

async function readClear(): Promise<AppInstall> {
  const history = new URL(`../../../schemas/history/${RECORD_NAME}.json`, import.meta.url);
  const [former] = JSON.parse(readFileSync(history, 'utf8')) as readonly [object];
  const reader = createCodec({ ids: new Map([[RECORD_NAME, 1]]), fetch: async () => former });
  const head = Buffer.alloc(5);
  head.writeInt32BE(FORMER_SCHEMA_ID, 1);
  const bytes = Buffer.concat([head, Buffer.from(CLEAR_HEX, 'hex')]);
  await reader.ensure(bytes);
  return reader.decode(RECORD_NAME, bytes);
}

it('uses an install that an earlier version wrote in the clear as it is, and reseal seals it', async () => {
  const clear = await readClear();
  expect(clear.webhooks[CONTENT]).toMatchObject({
    endpoint: 'https://hooks.example/in?code=sesame',
    headers: [{ name: 'x-key', value: 'hunter2' }],
  });
  expect(clear.document).toMatch(/sesame.*hunter2/);
  expect(createInstallOpener(box).open(clear)).toBe(clear);
  const { install, isUnreadable } = resealInstall(clear, box, 5);
  if (install === undefined) throw new Error('not resealed');
  expect([isUnreadable, install.version, install.updatedAt]).toEqual([false, clear.version + 1, 5]);
  expect(codec.encode(RECORD_NAME, install).toString('latin1')).not.toMatch(/sesame|hunter2/);
  expect(createInstallOpener(box).open(install)).toEqual({ ...clear, version: install.version, updatedAt: 5 });
  expect(resealInstall(install, box, 6)).toEqual({ install: undefined, isUnreadable: false });
});

it('moves signing secrets and webhooks to the first key, after which the old key is not needed', () => {
  fc.assert(
    fc.property(documents, (document) => {
      const old = installOf(document);
      const fresh = randomBytes(32);
      const { install } = resealInstall(old, createSecretBox(fresh, key), 5);
      if (install === undefined) throw new Error('not resealed');
      expect(resealInstall(install, createSecretBox(fresh), 6)).toEqual({ install: undefined, isUnreadable: false });
      expect(resealInstall(old, createSecretBox(fresh), 6)).toEqual({ install: undefined, isUnreadable: true });
      expect(toDocument(createInstallOpener(createSecretBox(fresh)).open(install))).toEqual(document);
      expect(sealWebhooks(install, box)).toBe(install);
    }),
    { numRuns: 30 },
  );
});
