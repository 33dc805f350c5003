import type { AppInstall, EventType } from '@switchboard/contracts';

/** The part of an event that decides if an install receives it. */
export interface MatchableEvent {
  readonly type: EventType;
  readonly record: { readonly app: string; readonly source: string; readonly tenantId: string | null };
}

/** Why an install does not receive an event. */
export type MismatchCode =
  /** The install's document says `enabled: false`. */
  | 'ERR_MATCH_INSTALL_DISABLED'
  /** The document does not name the event type. */
  | 'ERR_MATCH_NO_WEBHOOK'
  /** The webhook was disabled after a response of 410. */
  | 'ERR_MATCH_WEBHOOK_DISABLED'
  /** The filter does not admit the app, the tenant or the source. */
  | 'ERR_MATCH_FILTERED';

function admits(list: readonly string[] | null, value: string): boolean {
  return list === null || list.includes(value);
}

/** Tenants are compared as the verification of senders does it, in any letter case. */
function admitsTenant(list: readonly string[] | null, tenant: string | null): boolean {
  return list === null || (tenant !== null && includesTenant(list, tenant));
}

/** True if the list names the tenant, in any letter case. */
export function includesTenant(list: readonly string[], tenant: string): boolean {
  const wanted = tenant.toLowerCase();
  return list.some((one) => one.toLowerCase() === wanted);
}

/** Why the install does not receive the event, or undefined when it does. A paused install matches: its deliveries wait. */
export function mismatch(install: AppInstall, { type, record }: MatchableEvent): MismatchCode | undefined {
  if (!install.enabled) return 'ERR_MATCH_INSTALL_DISABLED';
  const webhook = Object.hasOwn(install.webhooks, type) ? install.webhooks[type] : undefined;
  if (webhook === undefined) return 'ERR_MATCH_NO_WEBHOOK';
  if (webhook.disabled) return 'ERR_MATCH_WEBHOOK_DISABLED';
  const { filter } = install;
  if (filter === null) return undefined;
  const admitted =
    admits(filter.apps, record.app) && admitsTenant(filter.tenants, record.tenantId) && admits(filter.sources, record.source);
  return admitted ? undefined : 'ERR_MATCH_FILTERED';
}

/** True when the install is enabled, names the event's type and its filter admits app, tenant and source. */
export function matchesInstall(install: AppInstall, event: MatchableEvent): boolean {
  return mismatch(install, event) === undefined;
}
