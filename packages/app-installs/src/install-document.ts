import type { EventType } from '@switchboard/contracts';
import type { HeaderDocument } from './webhook-headers.ts';

/** Where and how events of one type are delivered. */
export interface WebhookDocument {
  /** Absolute https URL. */
  readonly endpoint: string;
  /** Attempts after the first, 0 to 5. */
  readonly maxRetries: number;
  readonly headers: readonly HeaderDocument[];
  /** `conversation`: later deliveries of a conversation wait for earlier ones. */
  readonly ordering: 'conversation' | null;
  /** Most attempts at a time. */
  readonly maxConcurrency: number | null;
  /** Most attempts a second. */
  readonly rateLimit: number | null;
  /** True if the body of a 200 response is a reply to the sender of the notification. */
  readonly replier: boolean;
  /** True if a response of 410 disables the webhook. */
  readonly disableOnGone: boolean;
}

/** Which events an install receives; an absent list admits all. */
export interface FilterDocument {
  readonly apps: readonly string[] | null;
  readonly tenants: readonly string[] | null;
  readonly sources: readonly string[] | null;
}

/** An app-install document, read and completed with defaults. */
export interface InstallDocument {
  readonly clientName: string;
  readonly enabled: boolean;
  readonly webhooks: Readonly<Partial<Record<EventType, WebhookDocument>>>;
  /** Longest age of a delivery where ordering is kept, seconds; null where the document sets none. */
  readonly retentionTimeSeconds: number | null;
  readonly filter: FilterDocument | null;
  /** Given by the writer, `whsec_…`; null: the store keeps the one it has, or makes one. */
  readonly signingSecret: string | null;
  /** JSON text of the document as accepted, without the secret. */
  readonly text: string;
}
