import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const repository = new URL('../../', import.meta.url).pathname;
const payloads = process.env.SHARED_PAYLOADS ?? join(repository, '..', 'shared', 'payloads');
const specifications = join(payloads, '..', 'spec');

const files = {
  '000': join(specifications, '000_8ceebbcbe8e2c13e.txt'),
  '001': join(specifications, '001_dda41274090b38bd.txt'),
  '002': join(specifications, '002_c2cfe776d4df4101.txt'),
  '003': join(specifications, '003_34487654fbe176c1.txt'),
  '004': join(specifications, '004_b2dfd690026541ee.txt'),
  hmacVector: join(payloads, 'outgoing-webhook', 'inbound-message-hmac-vector.json'),
} as const;

export type SharedFile = keyof typeof files;

/** Whether the published texts stand beside the checkout. A test that needs them is skipped under a name with `shared payloads`. */
export const hasSharedPayloads = Object.values(files).every((file) => existsSync(file));

/** Bytes of a published text, read in place. */
export function readShared(name: SharedFile): Buffer {
  return readFileSync(files[name]);
}

/** The JSON that a specification prints in part: the members that match, with the missing braces put around them. */
export function fragmentOf(name: SharedFile, members: RegExp): Readonly<Record<string, unknown>> {
  const text = members.exec(readShared(name).toString('utf8'))?.[0];
  if (text === undefined) throw new Error(`${name} holds nothing like ${members}`);
  const open = text.replaceAll(/[^{]/g, '').length - text.replaceAll(/[^}]/g, '').length;
  return JSON.parse(`{${text}${'}'.repeat(open + 1)}`);
}
