import type { RawNotification } from '@switchboard/contracts';
import type { Members } from '../members.ts';
import { takeName } from './take.ts';

/**
 * The tenant of an event: the verified one. Guests and federated callers make another one in the body legitimate; it
 * is not taken and stays visible among the extensions. Without a verified tenant the body's counts.
 */
export function takeTenant({ principal }: RawNotification, members: Members, ...path: readonly string[]): string | null {
  if (principal.tenantId === null) return takeName(members, ...path, 'tenantId');
  const stated = members.peekText(...path, 'tenantId');
  if (stated?.toLowerCase() === principal.tenantId.toLowerCase()) members.takeText(...path, 'tenantId');
  return principal.tenantId;
}
