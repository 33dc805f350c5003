import { includesTenant } from '@switchboard/app-installs';
import type { InstallFilter } from '@switchboard/contracts';
import type { Caller } from './tokens.ts';

/** The part of an install that decides who may see and change it. */
interface Filtered {
  readonly filter: InstallFilter | null;
}

function withinTenants({ tenants }: Caller, { filter }: Filtered): boolean {
  if (tenants === null) return true;
  return filter?.tenants?.every((tenant) => includesTenant(tenants, tenant)) ?? false;
}

/** A caller confined to tenants sees installs of these tenants only; to it, others do not exist. */
export function maySee(caller: Caller, install: Filtered): boolean {
  return caller.role === 'operator' || withinTenants(caller, install);
}

/** Why the caller may not write an install like this, or undefined when it may. */
export function writeRefusal(caller: Caller, install: Filtered): string | undefined {
  if (caller.role === 'operator') return undefined;
  if (caller.role === 'reader') return 'a token of role reader may not write';
  if (install.filter === null) return 'filter is missing: only a token of role operator may write an install that receives everything';
  if (!withinTenants(caller, install)) return 'filter.tenants must name tenants of this token, and only these';
  return undefined;
}
