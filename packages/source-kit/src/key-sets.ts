import type { CryptoKey } from 'jose';

/** A verification key of an issuer. */
export interface IssuerKey {
  readonly kid: string;
  /** The same object over refreshes of the set, while the key is the same. */
  readonly key: CryptoKey;
  /** Modulus and exponent as canonical text: equal for equal keys, and for no others. */
  readonly material: string;
  /** Channel endorsements of the key; empty where the issuer gives none. */
  readonly endorsements: readonly string[];
}

export type KeyLookup =
  | { readonly kind: 'found'; readonly key: IssuerKey }
  /** A fetch that began after the key was asked for did not show it, and the next fetch is not allowed yet. */
  | { readonly kind: 'unknown' }
  /** The loaded set lacks the key, which may be newer; the last fetch is too recent for another. The sender may try again. */
  | { readonly kind: 'cooldown' }
  /** No set is young enough, or the loaded one lacks the key and the last fetch failed. The sender may try again. */
  | { readonly kind: 'unavailable' };

/** Key sets of the issuers, by the URL of their OpenID metadata: fetched once, shared, refreshed in the background. */
export interface KeySets {
  /** At once for a key of the loaded set; else waits for at most one fetch. Never rejects. */
  find(metadataUrl: string, kid: string): KeyLookup | Promise<KeyLookup>;
  /** Whether a usable set is loaded. */
  has(metadataUrl: string): boolean;
  /** Starts fetching these too and keeps their sets fresh until stop. */
  watch(metadataUrls: readonly string[]): void;
  stop(): Promise<void>;
}
