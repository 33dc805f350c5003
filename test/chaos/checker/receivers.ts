import type { EventFact, InstallFact } from './facts.ts';

/** True if the install is to receive the event. */
export function receives({ webhooks, tenants }: InstallFact, { type, tenant }: Pick<EventFact, 'type' | 'tenant'>): boolean {
  return webhooks[type] !== undefined && (tenants === undefined || (tenant !== null && tenants.includes(tenant)));
}

/** The installs that are to receive an event. Looked up once for each type and tenant: a run has 1,000 installs. */
export function createReceivers(installs: readonly InstallFact[]): (event: Pick<EventFact, 'type' | 'tenant'>) => readonly InstallFact[] {
  const known = new Map<string, readonly InstallFact[]>();
  return (event) => {
    const key = `${event.type} ${event.tenant}`;
    const found = known.get(key) ?? installs.filter((install) => receives(install, event));
    known.set(key, found);
    return found;
  };
}
