import type { AppInstall, EventType } from '@switchboard/contracts';

/** The part of an event that decides if an install receives it. */
export interface MatchableEvent {
  readonly type: EventType;
  readonly record: { readonly app: string; readonly source: string; readonly tenantId: string | null };
}

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

/** True if the install's filter, which may have changed since the event's delivery was made, admits app, tenant and source. */
export function admitsEvent({ filter }: AppInstall, { app, source, tenantId }: MatchableEvent['record']): boolean {
  if (filter === null) return true;
  return admits(filter.apps, app) && admitsTenant(filter.tenants, tenantId) && admits(filter.sources, source);
}

/**
 * True when the install is enabled, names the event's type in a webhook that no response of 410 disabled, and its filter admits the event.
 * A paused install matches: its deliveries wait.
 */
export function matchesInstall(install: AppInstall, { type, record }: MatchableEvent): boolean {
  if (!install.enabled) return false;
  const webhook = Object.hasOwn(install.webhooks, type) ? install.webhooks[type] : undefined;
  return webhook !== undefined && !webhook.disabled && admitsEvent(install, record);
}
