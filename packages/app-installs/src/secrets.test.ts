import { randomBytes } from 'node:crypto';
import { Webhook as Verifier } from 'standardwebhooks';
import { expect, it } from 'vitest';
import { applyInstallDocument, withRotatedSecret, withWebhookDisabled } from './install-changes.ts';
import { createInstallSigner, type SecretChange } from './install-secrets.ts';
import { readInstallDocument } from './read-install-document.ts';
import { createSecretBox, readSecretsKey } from './secret-box.ts';
import { createSigningKey, signWebhook } from './sign-webhook.ts';
import { generateSigningSecret, readSigningSecret } from './signing-secret.ts';
import { exampleInstall } from './testing/example-install.ts';

const box = createSecretBox(randomBytes(32));
const owner = { installId: 'install-1', secretId: 's1' };
const HOUR_MS = 3_600_000;

function change(now: number): SecretChange {
  let id = 0;
  return { box, now, overlapMs: HOUR_MS, newSecretId: () => `s${now}-${++id}` };
}

function documentOf(value: unknown) {
  const outcome = readInstallDocument(value);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
  return outcome.document;
}

function keyOf(secret: string) {
  const bytes = readSigningSecret(secret);
  if (bytes === undefined) throw new Error('not a signing secret');
  return createSigningKey(bytes);
}

it('opens what it sealed, and seals the same secret differently each time', () => {
  const first = box.seal('whsec_x', owner);
  expect(box.open(first, owner)).toEqual({ secret: 'whsec_x', isUnderFirstKey: true });
  expect(box.seal('whsec_x', owner).equals(first)).toBe(false);
});

it('does not open a sealed secret with any single bit changed', () => {
  const sealed = box.seal('whsec_x', owner);
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const changed = Buffer.from(sealed);
    changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    expect(box.open(changed, owner)).toBeUndefined();
  }
});

it('does not open a sealed secret for another install, secret id or key, or with bytes cut off', () => {
  const sealed = box.seal('whsec_x', owner);
  expect(box.open(sealed, { ...owner, installId: 'install-2' })).toBeUndefined();
  expect(box.open(sealed, { ...owner, secretId: 's2' })).toBeUndefined();
  expect(createSecretBox(randomBytes(32)).open(sealed, owner)).toBeUndefined();
  expect(box.open(sealed.subarray(0, 20), owner)).toBeUndefined();
});

it('reads a key of 32 bytes from base64 or hexadecimal text, and refuses other texts', () => {
  const key = randomBytes(32);
  expect(readSecretsKey(key.toString('base64'))?.equals(key)).toBe(true);
  expect(readSecretsKey(key.toString('hex'))?.equals(key)).toBe(true);
  expect(readSecretsKey(randomBytes(31).toString('base64'))).toBeUndefined();
  expect(readSecretsKey('not base64 at all')).toBeUndefined();
  expect(() => createSecretBox(randomBytes(16))).toThrow(RangeError);
});

it('opens what any key sealed, seals under the first key, and says which is not under the first', () => {
  const [old, fresh] = [randomBytes(32), randomBytes(32)];
  const [before, rotated] = [createSecretBox(old), createSecretBox(fresh, old)];
  expect(rotated.open(before.seal('whsec_x', owner), owner)).toEqual({ secret: 'whsec_x', isUnderFirstKey: false });
  const sealed = rotated.seal('whsec_x', owner);
  expect(createSecretBox(fresh).open(sealed, owner)).toEqual({ secret: 'whsec_x', isUnderFirstKey: true });
  expect(before.open(sealed, owner)).toBeUndefined();
});

it('opens a signing secret as the versions before lists of keys sealed it', () => {
  const sealed = Buffer.from('a5d7a3777349e9f62b438788d4354d54468705c81d7d441bd6c7a6feaf906ed9e13f1d', 'hex');
  const former = createSecretBox(randomBytes(32), Buffer.alloc(32, 1));
  expect(former.open(sealed, owner)).toEqual({ secret: 'whsec_x', isUnderFirstKey: false });
});

it('signs so that an independent verifier accepts it, with emoji in the body', () => {
  const secret = generateSigningSecret();
  const body = '{"text":"ein Gruß 🎉"}';
  const timestampSeconds = Math.floor(Date.now() / 1000);
  const { signature, body: sent } = signWebhook({ id: 'delivery-1', timestampSeconds, body }, [keyOf(secret)]);
  expect(sent.toString()).toBe(body);
  const headers = { 'webhook-id': 'delivery-1', 'webhook-timestamp': String(timestampSeconds), 'webhook-signature': signature };
  expect(new Verifier(secret).verify(body, headers)).toEqual({ text: 'ein Gruß 🎉' });
  expect(() => new Verifier(secret).verify(`${body} `, headers)).toThrow();
  expect(() => new Verifier(generateSigningSecret()).verify(body, headers)).toThrow();
});

it('generates a secret for an install without one, and keeps it over later documents', () => {
  const created = applyInstallDocument('install-1', documentOf({ client_name: 'a' }), undefined, change(1_000));
  expect(created.generatedSecret).toMatch(/^whsec_/);
  expect(created.install).toMatchObject({ version: 1, createdAt: 1_000, updatedAt: 1_000 });
  const updated = applyInstallDocument('install-1', documentOf({ client_name: 'b' }), created.install, change(2_000));
  expect(updated.generatedSecret).toBeNull();
  expect(updated.install).toMatchObject({ version: 2, createdAt: 1_000, updatedAt: 2_000, clientName: 'b' });
  expect(updated.install.signingSecrets).toEqual(created.install.signingSecrets);
});

it('does not rotate when a document repeats the newest secret', () => {
  const secret = generateSigningSecret();
  const document = documentOf({ client_name: 'a', signing_secret: secret });
  const created = applyInstallDocument('install-1', document, undefined, change(1_000));
  const again = applyInstallDocument('install-1', document, created.install, change(2_000));
  expect(created.generatedSecret).toBeNull();
  expect(again.install.signingSecrets).toEqual(created.install.signingSecrets);
});

it('signs with the new and the old secret until the overlap ends', () => {
  const old = generateSigningSecret();
  const document = documentOf({ client_name: 'a', signing_secret: old });
  const { install } = applyInstallDocument('install-1', document, undefined, change(0));
  const rotated = withRotatedSecret(install, undefined, change(1_000));
  const fresh = rotated.generatedSecret ?? '';
  const signer = createInstallSigner(box);
  const message = { id: 'd', timestampSeconds: 1, body: '{}' };
  const signatures = (now: number) => signWebhook(message, signer.keys(rotated.install, now)).signature;

  expect(signatures(1_000 + HOUR_MS - 1)).toBe(signWebhook(message, [keyOf(fresh), keyOf(old)]).signature);
  expect(signatures(1_000 + HOUR_MS)).toBe(signWebhook(message, [keyOf(fresh)]).signature);
});

it('keeps at most 2 secrets, and removes expired ones', () => {
  let install = applyInstallDocument('install-1', documentOf({ client_name: 'a' }), undefined, change(0)).install;
  for (let now = 1; now <= 4; now++) install = withRotatedSecret(install, undefined, change(now)).install;
  expect(install.signingSecrets).toHaveLength(2);
  const later = withRotatedSecret(install, undefined, { ...change(10), overlapMs: 0 }).install;
  expect(later.signingSecrets).toHaveLength(1);
});

it('has no keys for an install whose secrets were sealed under another key', () => {
  const { install } = applyInstallDocument('install-1', documentOf({ client_name: 'a' }), undefined, change(0));
  expect(createInstallSigner(createSecretBox(randomBytes(32))).keys(install, 0)).toEqual([]);
});

it('disables one webhook once, and a written document enables it again', () => {
  const type = 'ms.MessagingEventNotification.ContentEvent';
  const disabled = withWebhookDisabled(exampleInstall(), type, 5);
  expect(disabled).toMatchObject({ version: 2, updatedAt: 5, webhooks: { [type]: { disabled: true } } });
  expect(disabled && withWebhookDisabled(disabled, type, 6)).toBeUndefined();
  const document = documentOf({ client_name: 'a', capabilities: { webhooks: { [type]: { endpoint: 'https://a.example/' } } } });
  expect(applyInstallDocument('install-1', document, disabled, change(7)).install.webhooks[type]?.disabled).toBe(false);
});
