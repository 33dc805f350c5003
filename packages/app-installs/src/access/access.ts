import type { InstallFilter } from '@switchboard/contracts';
import { includesTenant } from '../matches-install.ts';
import type { Caller } from './tokens.ts';

/** The part of an install that decides who may see and change it. */
interface Filtered {
  readonly filter: InstallFilter | null;
}

function withinTenants({ tenants }: Caller, { filter }: Filtered): boolean {
  if (tenants === null) return true;
  return filter?.tenants?.every((tenant) => includesTenant(tenants, tenant)) ?? false;
}

/** True if the install exists for the caller: a caller that is confined to tenants sees installs of these tenants only. */
export function maySee(caller: Caller, install: Filtered): boolean {
  return caller.role === 'operator' || withinTenants(caller, install);
}

/** True if the caller may see what was recorded of a target, by its tenants; null: it belongs to none in particular. */
export function maySeeTarget(caller: Caller, { tenants }: { readonly tenants: readonly string[] | null }): boolean {
  return maySee(caller, { filter: { apps: null, tenants, sources: null } });
}

/** Why the caller may not write an install like this, or undefined if it may. */
export function writeRefusal(caller: Caller, install: Filtered): string | undefined {
  if (caller.role === 'operator') return undefined;
  if (caller.role === 'reader') return 'a token of role reader may not write';
  if (install.filter === null) return 'filter is missing: only a token of role operator may write an install that receives everything';
  if (!withinTenants(caller, install)) return 'filter.tenants must name tenants of this token, and no others';
  return undefined;
}

/**
 * Why a caller that is confined to tenants may not replace `stored` by `next`, or undefined if it may: an app or a source that
 * the stored filter excludes must stay excluded.
 */
export function wideningRefusal(caller: Caller, stored: Filtered, next: Filtered): string | undefined {
  if (caller.role === 'operator' || caller.tenants === null) return undefined;
  for (const member of ['apps', 'sources'] as const) {
    const allowed = stored.filter?.[member] ?? null;
    if (allowed === null) continue;
    const wanted = next.filter?.[member] ?? null;
    if (wanted === null) return `filter.${member} must stay: the stored filter admits some ${member} only`;
    const known = new Set(allowed);
    const added = wanted.find((name) => !known.has(name));
    if (added !== undefined) return `filter.${member} must not admit ${JSON.stringify(added)}: the stored filter excludes it`;
  }
  return undefined;
}
