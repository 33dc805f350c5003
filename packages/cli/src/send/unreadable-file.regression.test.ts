import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { createOutput } from '../output.ts';
import { UsageError } from '../usage-error.ts';
import { send } from './send.ts';

const file = 'no-such-folder/activity.json';

// Only the message of a UsageError is printed alone: whoever mistyped a name was shown a stack.
it('a file to send that cannot be read is named as a mistake of the command', async () => {
  const hmacKey = Buffer.alloc(32, 1).toString('base64');
  const sending = send(
    { sources: ['outgoing-webhook'], file, wait: false, timeoutMs: 1_000 },
    {
      ingressUrl: 'http://127.0.0.1:1',
      senders: { 'outgoing-webhook': { app: 'a', audience: 'a', tenantId: 't', issuerKey: issuerKey(), hmacKey, hmacId: 'h' } },
      output: createOutput(() => {}, { json: false }),
      now: Date.now,
      open: () => Promise.reject(new Error('is not opened')),
    },
  );
  await expect(sending).rejects.toThrow(UsageError);
  await expect(sending).rejects.toThrow(`${file} cannot be read: ENOENT`);
});

function issuerKey() {
  return { kid: 'k', key: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }) };
}
