import type { ConfigOf, Variables } from '@switchboard/runtime';
import { readSecretsKey } from './secret-box.ts';

/** How a process opens the signing secrets of installs. */
export const secretsVariables = {
  secretsKey: {
    name: 'SECRETS_KEY',
    type: 'secret',
    doc: 'Key of 32 bytes, base64 or hexadecimal, under which signing secrets are kept; or SECRETS_KEY_FILE.',
  },
} as const satisfies Variables;

/** Rule for every configuration with secretsVariables. */
export function secretsRule({ secretsKey }: ConfigOf<typeof secretsVariables>): readonly string[] {
  const key = readSecretsKey(secretsKey);
  if (key === undefined) return ['SECRETS_KEY: must be the base64 or hexadecimal text of 32 bytes'];
  return key.every((byte) => byte === 0) ? ['SECRETS_KEY: must not be all zeros'] : [];
}
