import { isJsonObject, type JsonObject, type Principal, type Routing, textAt } from '@switchboard/source-kit';
import type { CallingEntry } from '../calling/entry.ts';
import type { Change } from './payload.ts';
import { isNewIncomingCall } from './payload.ts';

/**
 * Base URL of the region a notification belongs to, when that is not this one. Only new incoming calls can move, and a
 * notification moves as a whole: every entity in it has to be one and to name the same region. The address comes from
 * our own table.
 */
export function otherRegionOf(
  changes: readonly Change[],
  context: { readonly entry: CallingEntry; readonly principal: Principal; readonly routing: Routing },
): string | undefined {
  const { self, table } = context.routing.regions;
  const calls = changes.flatMap((change) => change.entities.map((entity) => ({ change, entity })));
  if (!calls.every(({ change, entity }) => isNewIncomingCall(change, entity))) return undefined;
  const regions = new Set(calls.map(({ entity }) => regionOf(entity, context)));
  const [region] = regions;
  if (regions.size !== 1 || region === undefined || region === self) return undefined;
  return Object.hasOwn(table, region) ? table[region] : undefined;
}

function regionOf(
  call: JsonObject,
  { entry, principal }: { readonly entry: CallingEntry; readonly principal: Principal },
): string | undefined {
  const { byTenant, byCountry } = entry.regions;
  const tenants = [textAt(call, 'tenantId'), principal.tenantId ?? undefined];
  const ofTenant = tenants.map((tenant) => byTenant.get(tenant?.toLowerCase() ?? '')).find((region) => region !== undefined);
  if (ofTenant !== undefined) return ofTenant;
  const country = isJsonObject(call.source) ? textAt(call.source, 'countryCode') : undefined;
  return byCountry.get(country?.toUpperCase() ?? '');
}
