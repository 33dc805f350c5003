import type { ParsedText, Variables } from '@switchboard/runtime';
import { readSecretsKey } from './secret-box.ts';

/** The operator's keys: the first seals, all open. */
export type SecretsKeys = readonly [Buffer, ...Buffer[]];

function readSecretsKeys(text: string): ParsedText<SecretsKeys> {
  const keys: Buffer[] = [];
  for (const item of text.split(',')) {
    const key = readSecretsKey(item.trim());
    if (key === undefined) return { ok: false, rule: 'must be the base64 or hexadecimal text of 32 bytes, or several of them with commas' };
    if (key.every((byte) => byte === 0)) return { ok: false, rule: 'must not be all zeros' };
    if (keys.some((other) => other.equals(key))) return { ok: false, rule: 'must not name a key twice' };
    keys.push(key);
  }
  // A text has one item at least.
  return { ok: true, value: keys as unknown as SecretsKeys };
}

/** How a process seals and opens the secrets of installs. */
export const secretsVariables = {
  secretsKeys: {
    name: 'SECRETS_KEY',
    type: 'secret',
    parse: readSecretsKeys,
    doc: 'Keys of 32 bytes, base64 or hexadecimal, comma-separated: the first seals the secrets of installs, all open them; or SECRETS_KEY_FILE.',
  },
} as const satisfies Variables;
