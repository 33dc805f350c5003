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
  /** The body as it is sent. */
  readonly body: string;
}

/** The `webhook-signature` value of Standard Webhooks: one `v1,` signature for each key, in their order, separated by spaces. */
export function signWebhook({ id, timestampSeconds, body }: SignedMessage, keys: readonly SigningKey[]): string {
  const content = `${id}.${timestampSeconds}.${body}`;
  return keys.map((key) => `v1,${createHmac('sha256', key).update(content).digest('base64')}`).join(' ');
}
