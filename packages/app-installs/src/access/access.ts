import type { InstallFilter } from '@switchboard/contracts';
import { includesTenant } from '../matches-install.ts';
import type { Caller } from './tokens.ts';

/** The part of an install that decides who may see and change it. */
interface Guarded {
  readonly installId: string;
  readonly filter: InstallFilter | null;
}

/** What may be changed of an install. */
export type InstallChange = 'apply' | 'remove' | 'pause' | 'resume' | 'rotate';

function withinTenants({ tenants }: Caller, { filter }: Pick<Guarded, 'filter'>): boolean {
  if (tenants === null) return true;
  return filter?.tenants?.every((tenant) => includesTenant(tenants, tenant)) ?? false;
}

/** True if the install exists for the caller: a confined caller sees installs of its tenants, and those that its token names, only. */
export function maySee(caller: Caller, install: Guarded): boolean {
  if (caller.role === 'operator') return true;
  return withinTenants(caller, install) && (caller.installs?.includes(install.installId) ?? true);
}

/** A target of an audit record. */
export interface AuditedTarget {
  readonly targetKind: string;
  readonly targetId: string;
  /** Null: it belongs to no tenants in particular. */
  readonly tenants: readonly string[] | null;
}

/** True if the caller may see what was recorded of a target. A caller that is confined to installs sees no other kind of target. */
export function maySeeTarget(caller: Caller, { targetKind, targetId, tenants }: AuditedTarget): boolean {
  if (caller.role !== 'operator' && caller.installs !== null && targetKind !== 'install') return false;
  return maySee(caller, { installId: targetId, filter: { apps: null, tenants, sources: null } });
}

/** Why the caller is not allowed to make such a change of any install, or undefined if it is allowed to for some. */
export function actionRefusal({ role, installs }: Caller, change: InstallChange): string | undefined {
  if (role === 'operator') return undefined;
  if (change === 'pause' || change === 'resume') return `only a token of role operator may ${change}`;
  if (role === 'reader') return 'a token of role reader cannot write';
  if (installs !== null && change !== 'rotate') return `a token that is confined to installs cannot ${change} them`;
  return undefined;
}

/** Why the caller is not allowed to write an install like this, or undefined if it is. */
export function writeRefusal(caller: Caller, install: Guarded): string | undefined {
  if (caller.role === 'operator') return undefined;
  if (caller.role === 'reader') return 'a token of role reader cannot write';
  // A token that names its installs can change no filter, so that the filter need not confine what the install receives.
  if (install.filter === null && caller.installs === null) {
    return 'filter is missing: only a token of role operator may write an install that receives everything';
  }
  if (!withinTenants(caller, install)) return 'filter.tenants must name tenants of this token, and no others';
  return undefined;
}

/**
 * Why a caller that is confined to tenants is not allowed to replace `stored` by `next`, or undefined if it is: an app or a source that
 * the stored filter excludes must stay excluded.
 */
export function wideningRefusal(caller: Caller, stored: Pick<Guarded, 'filter'>, next: Pick<Guarded, 'filter'>): string | undefined {
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
