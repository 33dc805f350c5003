// Generated from schemas/*.avsc by `npm run generate`. Do not edit.

/** A header of the install. */
export interface WebhookHeader {
  /** Header name. */
  readonly name: string;
  /** Header value. */
  readonly value: string;
}

/** Where and how events of one type are delivered. */
export interface Webhook {
  /** HTTPS address. */
  readonly endpoint: string;
  /** Attempts after the first, 0 to 5. */
  readonly maxRetries: number;
  /** Headers sent with every attempt. */
  readonly headers: readonly WebhookHeader[];
  /** conversation where later deliveries of a conversation wait for earlier ones. */
  readonly ordering: null | string;
  /** Most attempts at a time. */
  readonly maxConcurrency: null | number;
  /** Most attempts a second. */
  readonly rateLimit: null | number;
  /** Whether a 200 response body is a reply to the sender. */
  readonly replier: boolean;
  /** Whether a 410 disables the webhook. */
  readonly disableOnGone: boolean;
  /** Whether the webhook was disabled by a 410. */
  readonly disabled: boolean;
}

/** Which events are delivered; an absent list admits all. */
export interface InstallFilter {
  /** Apps admitted. */
  readonly apps: null | readonly string[];
  /** Tenants admitted; an event without a tenant never passes. */
  readonly tenants: null | readonly string[];
  /** Sources admitted. */
  readonly sources: null | readonly string[];
}

/** A signing secret, encrypted. */
export interface SigningSecret {
  /** Id of the secret. */
  readonly id: string;
  /** AES-256-GCM: nonce, ciphertext, tag. */
  readonly ciphertext: Buffer;
  /** When it ends. */
  readonly notAfter: null | number;
}

/** State of an app install; the newest record of its key counts. */
export interface AppInstall {
  /** Id of the install; it is the record's key. */
  readonly installId: string;
  /** Counts up with every write, from 1. */
  readonly version: number;
  /** Name of the app install. */
  readonly clientName: string;
  /** Whether events are delivered. */
  readonly enabled: boolean;
  /** Whether an operator holds deliveries back. */
  readonly paused: boolean;
  /** Webhooks by event type. */
  readonly webhooks: Readonly<Record<string, Webhook>>;
  /** Longest age of a delivery where ordering is kept. */
  readonly retentionTimeSeconds: null | number;
  /** Which events are delivered. */
  readonly filter: null | InstallFilter;
  /** Secrets that sign, newest first. */
  readonly signingSecrets: readonly SigningSecret[];
  /** JSON text of the document as accepted, without secrets. */
  readonly document: string;
  /** First write. */
  readonly createdAt: number;
  /** This write. */
  readonly updatedAt: number;
  /** What is secret of the webhooks, encrypted: AES-256-GCM with nonce, ciphertext and tag. Endpoints then have no query, and headers empty values. Null where nothing is sealed. */
  readonly sealed: null | Buffer;
}

/** AppInstall as written. */
export type AppInstallInput = Omit<AppInstall, 'paused' | 'retentionTimeSeconds' | 'filter' | 'signingSecrets' | 'sealed'> & Partial<Pick<AppInstall, 'paused' | 'retentionTimeSeconds' | 'filter' | 'signingSecrets' | 'sealed'>>;
