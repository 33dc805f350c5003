import type { IssuerKey, KeyLookup, KeySets } from '../key-sets.ts';
import { type FetchedSet, fetchKeySet, KeySetError } from './fetch-key-set.ts';
import type { KeySetsOptions } from './options.ts';

type Settings = Required<KeySetsOptions>;

/** The set of one issuer. */
interface Issuer {
  keys: ReadonlyMap<string, IssuerKey>;
  /** When the loaded set was fetched, by the wall clock; undefined while there is none. */
  fetchedAt: number | undefined;
  /** When the last fetch began, failed or not, by the monotonic clock. */
  attemptedAt: number | undefined;
  /** Fetches that failed since the last good one. */
  failures: number;
  inFlight: Promise<FetchResult> | undefined;
  timer: NodeJS.Timeout | undefined;
  /**
   * Negative cache: the key id that the last fetch was made for and did not find. It ends when the next fetch is allowed.
   * One is enough: any other unknown key id may be newer than the last fetch, so that this says nothing about it.
   */
  absentKid: string | undefined;
}

/** What those that waited for a fetch learn: `absentKid` was asked for before it began, and is not in the set. */
interface FetchResult {
  readonly absentKid: string | undefined;
}

const FIRST_RETRY_MS = 500;

function settingsOf(options: KeySetsOptions): Settings {
  return {
    fetch: options.fetch ?? fetch,
    now: options.now ?? Date.now,
    monotonic: options.monotonic ?? (() => performance.now()),
    report: options.report ?? (() => {}),
    refreshMs: options.refreshMs ?? 3_600_000,
    staleLimitMs: options.staleLimitMs ?? 86_400_000,
    cooldownMs: options.cooldownMs ?? 20_000,
    timeoutMs: options.timeoutMs ?? 2_000,
    maxBytes: options.maxBytes ?? 256 * 1024,
    allowLoopbackHttp: options.allowLoopbackHttp ?? false,
  };
}

function newIssuer(): Issuer {
  return {
    keys: new Map(),
    fetchedAt: undefined,
    attemptedAt: undefined,
    failures: 0,
    inFlight: undefined,
    timer: undefined,
    absentKid: undefined,
  };
}

/**
 * Key sets of issuers, by the URL of their OpenID metadata. There is one fetch at a time per issuer, shared by all who
 * wait; a known key never waits for one. The last good set is served while the issuer is down, up to the stale limit.
 *
 * An unknown key causes a fetch unless one began within the cooldown, failed or not. While the cooldown is the
 * only reason not to look, the lookup says `cooldown`: the key may have been published since. It is `unknown` only by a fetch
 * that began after it was asked for. Example with a cooldown of 20 s: `a` is asked for at 0 s and causes a fetch that
 * takes 1 s; `b`, asked for at 0.5 s, waits for that fetch and gets `cooldown`, because the response may be older than
 * `b`. `a` is `unknown` until 20 s; the next unknown key after that causes the next fetch.
 */
export function createKeySets(options: KeySetsOptions = {}): KeySets {
  const settings = settingsOf(options);
  const { now, monotonic, staleLimitMs, cooldownMs, report } = settings;
  const issuers = new Map<string, Issuer>();
  const stopping = new AbortController();

  function issuerOf(metadataUrl: string): Issuer {
    const known = issuers.get(metadataUrl);
    if (known !== undefined) return known;
    const issuer = newIssuer();
    issuers.set(metadataUrl, issuer);
    return issuer;
  }

  function isUsable(issuer: Issuer): boolean {
    return issuer.fetchedAt !== undefined && now() - issuer.fetchedAt <= staleLimitMs;
  }

  function mayFetch(issuer: Issuer): boolean {
    return issuer.attemptedAt === undefined || monotonic() - issuer.attemptedAt >= cooldownMs;
  }

  /** Joins the fetch in flight, or begins one; `kid` is the unknown key that it is made for. */
  function refresh(metadataUrl: string, issuer: Issuer, kid?: string): Promise<FetchResult> {
    issuer.inFlight ??= fetchInto(metadataUrl, issuer, kid).finally(() => {
      issuer.inFlight = undefined;
      schedule(metadataUrl, issuer);
    });
    return issuer.inFlight;
  }

  async function fetchInto(metadataUrl: string, issuer: Issuer, kid: string | undefined): Promise<FetchResult> {
    clearTimeout(issuer.timer);
    issuer.attemptedAt = monotonic();
    // A fetch in the background was not made for a key, but is newer than what is known of the absent one.
    const askedFor = kid ?? issuer.absentKid;
    issuer.absentKid = undefined;
    try {
      const set = await fetchKeySet(metadataUrl, { ...settings, signal: stopping.signal });
      issuer.keys = keepUnchanged(issuer.keys, set);
      issuer.fetchedAt = now();
      issuer.failures = 0;
      if (askedFor !== undefined && !issuer.keys.has(askedFor)) issuer.absentKid = askedFor;
      report({ kind: 'loaded', metadataUrl, keys: set.keys.size, refusedKeys: set.refusedKeys });
    } catch (error) {
      issuer.failures++;
      const reason = error instanceof KeySetError ? error.reason : 'network';
      if (!stopping.signal.aborted) report({ kind: 'failed', metadataUrl, reason, usable: isUsable(issuer) });
    }
    return { absentKid: issuer.absentKid };
  }

  function schedule(metadataUrl: string, issuer: Issuer): void {
    if (stopping.signal.aborted) return;
    issuer.timer = setTimeout(() => void refresh(metadataUrl, issuer), nextFetchMs(issuer, settings)).unref();
  }

  function known(issuer: Issuer, kid: string): KeyLookup | undefined {
    const key = isUsable(issuer) ? issuer.keys.get(kid) : undefined;
    return key === undefined ? undefined : { kind: 'found', key };
  }

  function undecided(issuer: Issuer): KeyLookup {
    return { kind: isUsable(issuer) && issuer.failures === 0 ? 'cooldown' : 'unavailable' };
  }

  /** Asks the issuer for a key that the loaded set lacks, where that is allowed now. */
  async function ask(metadataUrl: string, issuer: Issuer, kid: string): Promise<KeyLookup> {
    const allowed = mayFetch(issuer);
    if (stopping.signal.aborted || (issuer.inFlight === undefined && !allowed)) {
      return isUsable(issuer) && !allowed && issuer.absentKid === kid ? { kind: 'unknown' } : undecided(issuer);
    }
    const { absentKid } = await refresh(metadataUrl, issuer, kid);
    return known(issuer, kid) ?? (absentKid === kid ? { kind: 'unknown' } : undecided(issuer));
  }

  return {
    find(metadataUrl, kid) {
      const issuer = issuerOf(metadataUrl);
      return known(issuer, kid) ?? ask(metadataUrl, issuer, kid);
    },
    has(metadataUrl) {
      const issuer = issuers.get(metadataUrl);
      return issuer !== undefined && isUsable(issuer);
    },
    watch(metadataUrls) {
      for (const metadataUrl of metadataUrls) {
        const issuer = issuerOf(metadataUrl);
        if (issuer.attemptedAt === undefined && !stopping.signal.aborted) void refresh(metadataUrl, issuer);
      }
    },
    async stop() {
      stopping.abort();
      for (const issuer of issuers.values()) clearTimeout(issuer.timer);
      await Promise.all([...issuers.values()].map((issuer) => issuer.inFlight));
    },
  };
}

/** Milliseconds until the next fetch in the background: longer after each failure in a row. */
function nextFetchMs(
  { fetchedAt, failures }: Issuer,
  { refreshMs, cooldownMs }: Pick<ReturnType<typeof settingsOf>, 'refreshMs' | 'cooldownMs'>,
): number {
  if (failures === 0) return refreshMs;
  const ceiling = fetchedAt === undefined ? cooldownMs : Math.min(refreshMs, 10 * cooldownMs);
  const first = fetchedAt === undefined ? Math.min(FIRST_RETRY_MS, cooldownMs) : cooldownMs;
  return Math.min(ceiling, first * 2 ** Math.min(failures - 1, 20));
}

/** A key that stays in the set stays the same object, so that cached tokens need no second verification. */
function keepUnchanged(loaded: ReadonlyMap<string, IssuerKey>, fetched: FetchedSet): ReadonlyMap<string, IssuerKey> {
  return new Map(
    [...fetched.keys].map(([kid, next]) => {
      const before = loaded.get(kid);
      return [kid, before?.material === next.material ? { ...next, key: before.key } : next];
    }),
  );
}
