import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Seals signing secrets. A sealed secret opens only for the install and secret id it was sealed for. */
export interface SecretBox {
  /** Nonce, ciphertext and tag. */
  seal(secret: string, owner: SecretOwner): Buffer;
  /** The secret, or undefined if the bytes were not sealed here, were changed, or belong to another owner or key. */
  open(sealed: Buffer, owner: SecretOwner): string | undefined;
}

export interface SecretOwner {
  readonly installId: string;
  readonly secretId: string;
}

/** Reads a 32-byte key from its base64 or hexadecimal text; undefined if it is neither. */
export function readSecretsKey(text: string): Buffer | undefined {
  const hex = /^[0-9a-fA-F]{64}$/.test(text) ? Buffer.from(text, 'hex') : undefined;
  if (hex !== undefined) return hex;
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === KEY_BYTES && bytes.toString('base64') === text ? bytes : undefined;
}

/** AES-256-GCM under the operator's key; the owner is authenticated with it, so that a sealed secret cannot be moved to another install. */
export function createSecretBox(key: Buffer): SecretBox {
  if (key.length !== KEY_BYTES) throw new RangeError(`the key must have ${KEY_BYTES} bytes, not ${key.length}`);
  const owned = ({ installId, secretId }: SecretOwner) => Buffer.from(JSON.stringify([installId, secretId]));
  return {
    seal: (secret, owner) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES }).setAAD(owned(owner));
      return Buffer.concat([nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    },
    open: (sealed, owner) => {
      if (sealed.length < NONCE_BYTES + TAG_BYTES) return undefined;
      const nonce = sealed.subarray(0, NONCE_BYTES);
      const tag = sealed.subarray(sealed.length - TAG_BYTES);
      const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES }).setAAD(owned(owner)).setAuthTag(tag);
      try {
        const text = decipher.update(sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES));
        return Buffer.concat([text, decipher.final()]).toString('utf8');
      } catch {
        return undefined;
      }
    },
  };
}
