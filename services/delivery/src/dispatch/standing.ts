import type { AppInstall, Webhook } from '@switchboard/contracts';
import { targetOf } from '@switchboard/webhooks';

/** Why a delivery ends without an attempt. */
export type SkipCode =
  /** The install was removed. */
  | 'ERR_SKIPPED_INSTALL_REMOVED'
  /** The install's document says `enabled: false`. */
  | 'ERR_SKIPPED_INSTALL_DISABLED'
  /** The document no longer names the event type. */
  | 'ERR_SKIPPED_WEBHOOK_REMOVED'
  /** The webhook answered 410 and was disabled for it. */
  | 'ERR_SKIPPED_WEBHOOK_DISABLED'
  /** The document's filter no longer admits the event. */
  | 'ERR_SKIPPED_FILTERED';

/** What the newest state of an install means for a delivery of an event type. */
export type Standing =
  | { readonly kind: 'deliver'; readonly install: AppInstall; readonly webhook: Webhook }
  | { readonly kind: 'hold'; readonly install: AppInstall; readonly webhook: Webhook }
  | { readonly kind: 'skip'; readonly code: SkipCode; readonly installVersion: number };

export function standingOf(install: AppInstall | undefined, type: string): Standing {
  if (install === undefined) return { kind: 'skip', code: 'ERR_SKIPPED_INSTALL_REMOVED', installVersion: 0 };
  const skip = (code: SkipCode): Standing => ({ kind: 'skip', code, installVersion: install.version });
  if (!install.enabled) return skip('ERR_SKIPPED_INSTALL_DISABLED');
  const webhook = Object.hasOwn(install.webhooks, type) ? install.webhooks[type] : undefined;
  if (webhook === undefined) return skip('ERR_SKIPPED_WEBHOOK_REMOVED');
  if (webhook.disabled) return skip('ERR_SKIPPED_WEBHOOK_DISABLED');
  return { kind: install.paused ? 'hold' : 'deliver', install, webhook };
}

/** What an outcome says of the install that was looked at. */
export interface Used {
  /** Version of the install; 0 where there was none. */
  readonly installVersion: number;
  /** Where the webhook is, without the query; null where there was none. */
  readonly endpoint: string | null;
}

export function usedOf(standing: Standing): Used {
  if (standing.kind === 'skip') return { installVersion: standing.installVersion, endpoint: null };
  return { installVersion: standing.install.version, endpoint: targetOf(standing.webhook).shown };
}

/** Whether the webhook asks for its deliveries in the order of their conversation. */
export function isOrdered(standing: Standing): boolean {
  return standing.kind !== 'skip' && standing.webhook.ordering === 'conversation';
}
