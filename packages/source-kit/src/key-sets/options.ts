/** A fetch of a key set that ended, for logs and metrics. Holds no key material. */
export type KeySetReport =
  | { readonly kind: 'loaded'; readonly metadataUrl: string; readonly keys: number; readonly refusedKeys: readonly RefusedKey[] }
  /** `usable` says whether an earlier set is still served. */
  | { readonly kind: 'failed'; readonly metadataUrl: string; readonly reason: FetchFailure; readonly usable: boolean };

export interface RefusedKey {
  readonly kid: string | null;
  readonly reason: KeyRefusal;
}

/** Why a key of a set is not used. */
export type KeyRefusal = 'type' | 'use' | 'algorithm' | 'kid' | 'duplicate-kid' | 'private' | 'modulus' | 'exponent' | 'weak';

/** Why a set could not be fetched. */
export type FetchFailure = 'network' | 'timeout' | 'status' | 'size' | 'json' | 'metadata' | 'jwks-uri' | 'no-keys';

export interface KeySetsOptions {
  /** Default: the global fetch. Pass another one to trust further certificate authorities. */
  readonly fetch?: typeof fetch;
  /** Milliseconds since the epoch; only the stale limit is measured by it. Default Date.now. */
  readonly now?: () => number;
  /** Monotonic milliseconds, which the cooldown is measured by, so that a set clock does not change it. Default performance.now. */
  readonly monotonic?: () => number;
  readonly report?: (report: KeySetReport) => void;
  /** Age at which a set is fetched again in the background. Default one hour. */
  readonly refreshMs?: number;
  /** Age until which a set is served while its issuer does not respond. Default 24 hours. */
  readonly staleLimitMs?: number;
  /**
   * Shortest time between any fetch and the next one that an unknown key may cause, failures included. Default 20 seconds, so that a
   * new key is accepted within 21 seconds of its publication.
   */
  readonly cooldownMs?: number;
  /** For metadata and keys together. Default 2 seconds. */
  readonly timeoutMs?: number;
  /** Of each of the two documents. Default 256 kB. */
  readonly maxBytes?: number;
  /** Admits http: addresses on loopback, for a local issuer. Default false. */
  readonly allowLoopbackHttp?: boolean;
}
