import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

/** A key that signs, made once per secret: a raw buffer costs several times as much per signature. */
export type SigningKey = KeyObject;

export function createSigningKey(bytes: Buffer): SigningKey {
  return createSecretKey(bytes);
}

export interface SignedMessage {
  /** The delivery id: the same in every attempt. */
  readonly id: string;
  /** Whole seconds since the epoch: the time of this attempt. */
  readonly timestampSeconds: number;
  readonly body: string;
}

export interface SignedBody {
  /** The body in UTF-8, as it was signed and has to be sent. */
  readonly body: Buffer;
  /** The `webhook-signature` value of Standard Webhooks: one `v1,` signature for each key, in their order, separated by spaces. */
  readonly signature: string;
}

/** Signs a message. Its body is encoded once, behind the id and the time that are signed with it. */
export function signWebhook({ id, timestampSeconds, body }: SignedMessage, keys: readonly SigningKey[]): SignedBody {
  const prefix = `${id}.${timestampSeconds}.`;
  const content = Buffer.from(prefix + body);
  const signature = keys.map((key) => `v1,${createHmac('sha256', key).update(content).digest('base64')}`).join(' ');
  return { body: content.subarray(Buffer.byteLength(prefix)), signature };
}
