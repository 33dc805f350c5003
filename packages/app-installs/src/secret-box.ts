import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Seals secrets of installs. A sealed secret opens only for the owner that it was sealed for. */
export interface SecretBox {
  /** Nonce, ciphertext and tag, under the first key. */
  seal(secret: string, owner: SecretOwner): Buffer;
  /** The secret, or undefined if the bytes were not sealed here, were changed, or belong to another owner or key. */
  open(sealed: Buffer, owner: SecretOwner): OpenedSecret | undefined;
}

export interface OpenedSecret {
  readonly secret: string;
  /** False if the secret is sealed under another key than the first, and is to be sealed again. */
  readonly isUnderFirstKey: boolean;
}

/** What a secret belongs to: one signing secret of an install, or all of its webhooks. */
export type SecretOwner =
  | { readonly installId: string; readonly secretId: string }
  | { readonly installId: string; readonly part: 'webhooks' };

/** Reads a 32-byte key from its base64 or hexadecimal text; undefined if it is neither. */
export function readSecretsKey(text: string): Buffer | undefined {
  const hex = /^[0-9a-fA-F]{64}$/.test(text) ? Buffer.from(text, 'hex') : undefined;
  if (hex !== undefined) return hex;
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === KEY_BYTES && bytes.toString('base64') === text ? bytes : undefined;
}

/** The array and the object differ as JSON, so that no signing secret has the owner of webhooks. */
function ownerBytes(owner: SecretOwner): Buffer {
  const { installId } = owner;
  return Buffer.from(JSON.stringify('secretId' in owner ? [installId, owner.secretId] : { installId, part: owner.part }));
}

function openUnder(key: Buffer, sealed: Buffer, owner: Buffer): string | undefined {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const tag = sealed.subarray(sealed.length - TAG_BYTES);
  const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES }).setAAD(owner).setAuthTag(tag);
  try {
    const text = decipher.update(sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES));
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

/**
 * AES-256-GCM under the operator's keys: the first seals, all open. The owner is authenticated with the secret, so that a sealed
 * secret cannot be moved to another install. Keys are tried in turn: what earlier versions sealed has no key id.
 */
export function createSecretBox(first: Buffer, ...others: readonly Buffer[]): SecretBox {
  const keys = [first, ...others];
  for (const { length } of keys) if (length !== KEY_BYTES) throw new RangeError(`a key must have ${KEY_BYTES} bytes (got ${length})`);
  return {
    seal: (secret, owner) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, first, nonce, { authTagLength: TAG_BYTES }).setAAD(ownerBytes(owner));
      return Buffer.concat([nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    },
    open: (sealed, owner) => {
      if (sealed.length < NONCE_BYTES + TAG_BYTES) return undefined;
      const bytes = ownerBytes(owner);
      for (const key of keys) {
        const secret = openUnder(key, sealed, bytes);
        if (secret !== undefined) return { secret, isUnderFirstKey: key === first };
      }
      return undefined;
    },
  };
}
