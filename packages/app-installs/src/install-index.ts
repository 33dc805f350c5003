import type { AppInstall } from '@switchboard/contracts';
import { type MatchableEvent, matchesInstall } from './matches-install.ts';

/** Which of the matching installs to give: at most `limit` of those whose id is greater than `after`. Default: all. */
export interface MatchRange {
  readonly after?: string | undefined;
  readonly limit?: number;
}

/** App installs by id, and by what of an event they receive. */
export interface InstallIndex {
  put(install: AppInstall): void;
  remove(installId: string): void;
  get(installId: string): AppInstall | undefined;
  all(): readonly AppInstall[];
  /** Installs that receive the event, in ascending order of their ids (by UTF-16 code units). */
  matching(event: MatchableEvent, range?: MatchRange): readonly AppInstall[];
  /** True when an install names the event type, whether or not it is enabled. */
  names(eventType: string): boolean;
}

/**
 * Most combinations of tenant, app and source that one install is listed under per event type: bounds the memory that a
 * filter takes. Above it, members of the filter are left out of the combinations and compared at each look-up instead.
 * One list of a filter (at most 1,000 items) always fits.
 */
const MAX_COMBINATIONS = 1_024;

/** Any value: the install's filter does not restrict the member. */
const ANY = null;

interface Listed {
  readonly install: AppInstall;
  /** The combination says everything: the install needs no further comparison. */
  readonly exact: boolean;
}

/** Installs under one combination of event type, app, tenant and source, in ascending order of their ids. */
type Listing = Listed[];

/**
 * Lists every install under each combination of event type, tenant, app and source that it receives, with ANY for a member
 * that its filter does not restrict. An event is looked up in eight listings at most, and an install is in at most one of
 * them. A look-up costs the same with 10 and with 10,000 installs that do not match; each install that it gives, and the
 * search for `after`, cost a comparison or a few.
 */
export function createInstallIndex(): InstallIndex {
  const installs = new Map<string, AppInstall>();
  const listings = new Map<string, Listing>();
  /** How many installs name an event type. */
  const named = new Map<string, number>();

  function list(install: AppInstall): void {
    const { names, exact } = combinations(install);
    const listed: Listed = { install, exact };
    for (const name of names) {
      const listing = listings.get(name) ?? [];
      listings.set(name, listing);
      listing.splice(indexAbove(listing, install.installId), 0, listed);
    }
  }

  function unlist(install: AppInstall): void {
    for (const name of combinations(install).names) {
      const listing = listings.get(name) ?? [];
      listing.splice(indexAbove(listing, install.installId) - 1, 1);
      if (listing.length === 0) listings.delete(name);
    }
  }

  function countNames({ webhooks }: AppInstall, change: 1 | -1): void {
    for (const type of Object.keys(webhooks)) {
      const count = (named.get(type) ?? 0) + change;
      if (count === 0) named.delete(type);
      else named.set(type, count);
    }
  }

  function remove(installId: string): void {
    const old = installs.get(installId);
    if (old === undefined) return;
    installs.delete(installId);
    unlist(old);
    countNames(old, -1);
  }

  return {
    put(install) {
      remove(install.installId);
      installs.set(install.installId, install);
      list(install);
      countNames(install, 1);
    },
    remove,
    get: (installId) => installs.get(installId),
    all: () => [...installs.values()],
    matching(event, { after, limit = Number.POSITIVE_INFINITY } = {}) {
      const found: AppInstall[] = [];
      const cursors = listingNames(event).flatMap((name) => {
        const listing = listings.get(name);
        return listing === undefined ? [] : [{ listing, at: after === undefined ? 0 : indexAbove(listing, after) }];
      });
      while (found.length < limit) {
        const next = takeLowest(cursors);
        if (next === undefined) break;
        if (next.exact || matchesInstall(next.install, event)) found.push(next.install);
      }
      return found;
    },
    names: (eventType) => named.has(eventType),
  };
}

/** The first place in the listing whose install has a greater id. */
function indexAbove(listing: Listing, installId: string): number {
  let low = 0;
  let high = listing.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((listing[middle] as Listed).install.installId <= installId) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Takes the install with the lowest id from the listings. */
function takeLowest(cursors: readonly { readonly listing: Listing; at: number }[]): Listed | undefined {
  let lowest: { readonly listing: Listing; at: number } | undefined;
  let found: Listed | undefined;
  for (const cursor of cursors) {
    const candidate = cursor.listing[cursor.at];
    if (candidate === undefined || (found !== undefined && found.install.installId < candidate.install.installId)) continue;
    lowest = cursor;
    found = candidate;
  }
  if (lowest !== undefined) lowest.at += 1;
  return found;
}

type Value = string | typeof ANY;

/** The combinations that an install is listed under: none while it is disabled. */
function combinations({ enabled, webhooks, filter }: AppInstall): { readonly names: ReadonlySet<string>; readonly exact: boolean } {
  const types = enabled ? Object.keys(webhooks).filter((type) => webhooks[type]?.disabled === false) : [];
  const wanted = [filter?.tenants?.map(lowerCase), filter?.apps, filter?.sources].map((values) => values && [...new Set(values)]);
  let count = 1;
  let exact = true;
  // Tenants first: they tell installs apart best.
  const [tenants = [], apps = [], sources = []] = wanted.map((values): readonly Value[] => {
    if (values == null) return [ANY];
    if (count * values.length > MAX_COMBINATIONS) {
      exact = false;
      return [ANY];
    }
    count *= values.length;
    return values;
  });
  const names = new Set<string>();
  for (const type of types) {
    for (const tenant of tenants) for (const app of apps) for (const source of sources) names.add(nameOf(type, app, tenant, source));
  }
  return { names, exact };
}

/** The listings in which an install may be that receives the event. */
function listingNames({ type, record: { app, tenantId, source } }: MatchableEvent): readonly string[] {
  const names: string[] = [];
  // An event without a tenant is for installs that do not ask for one.
  const tenants = tenantId === null ? [ANY] : [ANY, lowerCase(tenantId)];
  for (const tenant of tenants) {
    for (const eachApp of [ANY, app]) for (const eachSource of [ANY, source]) names.push(nameOf(type, eachApp, tenant, eachSource));
  }
  return names;
}

const nameOf = (type: string, app: Value, tenant: Value, source: Value): string => JSON.stringify([type, app, tenant, source]);

const lowerCase = (text: string): string => text.toLowerCase();
