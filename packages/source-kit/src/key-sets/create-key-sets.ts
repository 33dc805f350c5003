import type { IssuerKey, KeyLookup, KeySets } from '../key-sets.ts';
import { createAbsentKids } from './absent-kids.ts';
import { type FetchedSet, fetchKeySet, KeySetError } from './fetch-key-set.ts';
import type { KeySetsOptions } from './options.ts';

type Settings = Required<KeySetsOptions>;

/** The set of one issuer. */
interface Issuer {
  keys: ReadonlyMap<string, IssuerKey>;
  /** When the held set was fetched; undefined while there is none. */
  fetchedAt: number | undefined;
  /** When the last fetch began, whatever became of it. */
  attemptedAt: number | undefined;
  /** Fetches that failed since the last good one. */
  failures: number;
  inFlight: Promise<void> | undefined;
  timer: NodeJS.Timeout | undefined;
  readonly absentKids: ReturnType<typeof createAbsentKids>;
}

const FIRST_RETRY_MS = 500;

/**
 * Key sets of issuers, by the URL of their OpenID metadata. One fetch is under way per issuer, shared by all who wait;
 * a known key never waits for one. The last good set is served while the issuer is down, up to the stale limit. An
 * unknown key makes at most one fetch per cooldown and issuer, failed ones included.
 */
export function createKeySets(options: KeySetsOptions = {}): KeySets {
  const settings: Settings = {
    fetch: options.fetch ?? fetch,
    now: options.now ?? Date.now,
    report: options.report ?? (() => {}),
    refreshMs: options.refreshMs ?? 3_600_000,
    staleLimitMs: options.staleLimitMs ?? 86_400_000,
    cooldownMs: options.cooldownMs ?? 30_000,
    timeoutMs: options.timeoutMs ?? 2_000,
    maxBytes: options.maxBytes ?? 256 * 1024,
    allowLoopbackHttp: options.allowLoopbackHttp ?? false,
  };
  const { now, refreshMs, staleLimitMs, cooldownMs, report } = settings;
  const issuers = new Map<string, Issuer>();
  const stopping = new AbortController();

  function issuerOf(metadataUrl: string): Issuer {
    let issuer = issuers.get(metadataUrl);
    if (issuer === undefined) {
      issuer = {
        keys: new Map(),
        fetchedAt: undefined,
        attemptedAt: undefined,
        failures: 0,
        inFlight: undefined,
        timer: undefined,
        absentKids: createAbsentKids(2 * cooldownMs),
      };
      issuers.set(metadataUrl, issuer);
    }
    return issuer;
  }

  function isUsable(issuer: Issuer): boolean {
    return issuer.fetchedAt !== undefined && now() - issuer.fetchedAt <= staleLimitMs;
  }

  function mayFetch(issuer: Issuer): boolean {
    // Absolute, so that a clock set back does not stop the fetches until it has caught up.
    return issuer.attemptedAt === undefined || Math.abs(now() - issuer.attemptedAt) >= cooldownMs;
  }

  function refresh(metadataUrl: string, issuer: Issuer): Promise<void> {
    issuer.inFlight ??= fetchInto(metadataUrl, issuer).finally(() => {
      issuer.inFlight = undefined;
      schedule(metadataUrl, issuer);
    });
    return issuer.inFlight;
  }

  async function fetchInto(metadataUrl: string, issuer: Issuer): Promise<void> {
    clearTimeout(issuer.timer);
    issuer.attemptedAt = now();
    try {
      const set = await fetchKeySet(metadataUrl, { ...settings, signal: stopping.signal });
      issuer.keys = keepUnchanged(issuer.keys, set);
      issuer.fetchedAt = now();
      issuer.failures = 0;
      report({ kind: 'loaded', metadataUrl, keys: set.keys.size, refusedKeys: set.refusedKeys });
    } catch (error) {
      issuer.failures++;
      const reason = error instanceof KeySetError ? error.reason : 'network';
      if (!stopping.signal.aborted) report({ kind: 'failed', metadataUrl, reason, usable: isUsable(issuer) });
    }
  }

  function schedule(metadataUrl: string, issuer: Issuer): void {
    if (stopping.signal.aborted) return;
    const ceiling = issuer.fetchedAt === undefined ? cooldownMs : Math.min(refreshMs, 10 * cooldownMs);
    const first = issuer.fetchedAt === undefined ? Math.min(FIRST_RETRY_MS, cooldownMs) : cooldownMs;
    const delay = issuer.failures === 0 ? refreshMs : Math.min(ceiling, first * 2 ** Math.min(issuer.failures - 1, 20));
    issuer.timer = setTimeout(() => void refresh(metadataUrl, issuer), delay).unref();
  }

  function known(issuer: Issuer, kid: string): KeyLookup | undefined {
    const key = isUsable(issuer) ? issuer.keys.get(kid) : undefined;
    return key === undefined ? undefined : { kind: 'found', key };
  }

  return {
    async find(metadataUrl, kid) {
      const issuer = issuerOf(metadataUrl);
      const found = known(issuer, kid);
      if (found !== undefined) return found;
      const absent = isUsable(issuer) && issuer.absentKids.has(kid, now());
      const fetches = !absent && !stopping.signal.aborted && (issuer.inFlight !== undefined || mayFetch(issuer));
      if (fetches) await refresh(metadataUrl, issuer);
      const foundNow = known(issuer, kid);
      if (foundNow !== undefined) return foundNow;
      if (!isUsable(issuer) || (issuer.failures > 0 && !absent)) return { kind: 'unavailable' };
      // Only a fetch tells that the issuer does not have it: one that is asked for during the cooldown may be new.
      if (fetches) issuer.absentKids.add(kid, now());
      return { kind: 'unknown' };
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

/** A key that stays in the set stays the same object, so that tokens verified with it need no second verification. */
function keepUnchanged(held: ReadonlyMap<string, IssuerKey>, fetched: FetchedSet): ReadonlyMap<string, IssuerKey> {
  return new Map(
    [...fetched.keys].map(([kid, next]) => {
      const before = held.get(kid);
      return [kid, before?.key.equals(next.key) ? { ...next, key: before.key } : next];
    }),
  );
}
