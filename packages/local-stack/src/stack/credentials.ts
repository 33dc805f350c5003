import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Secrets of a local stack. Made once and kept, for what was sealed and signed with them stays in Kafka. */
export interface Credentials {
  /** Signs routing tokens. */
  readonly routingKey: string;
  /** Security token of the outgoing webhook, base64 of 32 bytes. */
  readonly hmacKey: string;
  /** SECRETS_KEY, base64 of 32 bytes. */
  readonly secretsKey: string;
  /** Bearer token of an operator of the admin API. */
  readonly adminToken: string;
  /** Signing secret of the sample receiver's install, `whsec_…`. */
  readonly receiverSecret: string;
}

const MEMBERS = ['routingKey', 'hmacKey', 'secretsKey', 'adminToken', 'receiverSecret'] as const;

/** The credentials of the file; new ones where it is absent or not whole. */
export async function readOrMakeCredentials(file: string): Promise<Credentials> {
  const kept = await readCredentials(file);
  if (kept !== undefined) return kept;
  const made: Credentials = {
    routingKey: randomBytes(32).toString('hex'),
    hmacKey: randomBytes(32).toString('base64'),
    secretsKey: randomBytes(32).toString('base64'),
    adminToken: randomBytes(32).toString('base64url'),
    receiverSecret: `whsec_${randomBytes(32).toString('base64')}`,
  };
  await writePrivately(file, JSON.stringify(made));
  return made;
}

/** Writes a file that only its owner reads, in one step. */
export async function writePrivately(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.part`;
  await writeFile(temporary, text, { mode: 0o600 });
  await rename(temporary, file);
}

/** SHA-256 in hex, as token files and INGRESS_ADMIN_TOKEN_SHA256 hold it. */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

async function readCredentials(file: string): Promise<Credentials | undefined> {
  try {
    const value = JSON.parse(await readFile(file, 'utf8')) as Partial<Credentials> | null;
    return MEMBERS.every((name) => typeof value?.[name] === 'string' && value[name] !== '') ? (value as Credentials) : undefined;
  } catch {
    return undefined;
  }
}
