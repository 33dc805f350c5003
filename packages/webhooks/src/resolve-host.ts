import type { LookupAddress } from 'node:dns';
import { lookup, Resolver } from 'node:dns/promises';

/** All addresses of a host name. */
export type ResolveHost = (hostname: string) => Promise<readonly LookupAddress[]>;

export interface HostResolverParts {
  /** Asks name servers without holding a thread. */
  readonly resolver: Pick<Resolver, 'resolve4' | 'resolve6'>;
  /** Asks the system, hosts file and search domains included; blocks one of few threads until it responds. */
  readonly lookup: ResolveHost;
}

/** Answers of a name server after which the system may still know the name. */
const unknownHere = new Set(['ENOTFOUND', 'ENODATA', 'ECONNREFUSED']);

async function fromServers(hostname: string, { resolver, lookup: bySystem }: HostResolverParts): Promise<readonly LookupAddress[]> {
  const [four, six] = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
  const addresses = [
    ...(four.status === 'fulfilled' ? four.value.map((address) => ({ address, family: 4 })) : []),
    ...(six.status === 'fulfilled' ? six.value.map((address) => ({ address, family: 6 })) : []),
  ];
  if (addresses.length > 0) return addresses;
  const failures = [four, six].flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as NodeJS.ErrnoException] : []));
  const lasting = failures.find(({ code }) => !unknownHere.has(code ?? ''));
  if (lasting !== undefined) throw lasting;
  return bySystem(hostname);
}

/**
 * Resolves names so that a name server that hangs delays its own names only: names with a dot are resolved without a
 * thread of the pool, and each name by one request at a time. Single labels are left to the system, which completes them.
 */
export function createHostResolver(parts: HostResolverParts): ResolveHost {
  const asking = new Map<string, Promise<readonly LookupAddress[]>>();
  return (hostname) => {
    const known = asking.get(hostname);
    if (known !== undefined) return known;
    const asked = hostname.includes('.') ? fromServers(hostname, parts) : parts.lookup(hostname);
    asking.set(hostname, asked);
    const forget = () => asking.delete(hostname);
    asked.then(forget, forget);
    return asked;
  };
}

const SERVER_TIMEOUT_MS = 2_000;
const SERVER_TRIES = 2;

/** The resolver of this machine. */
export function createSystemResolver(): ResolveHost {
  return createHostResolver({
    resolver: new Resolver({ timeout: SERVER_TIMEOUT_MS, tries: SERVER_TRIES }),
    lookup: (hostname) => lookup(hostname, { all: true, order: 'verbatim' }),
  });
}
