import type { KeyObject } from 'node:crypto';

/** A verification key of an issuer. */
export interface IssuerKey {
  readonly kid: string;
  readonly key: KeyObject;
  /** Channel endorsements of the key; empty where the issuer gives none. */
  readonly endorsements: readonly string[];
}

export type KeyLookup =
  | { readonly kind: 'found'; readonly key: IssuerKey }
  /** A fetch that began after the key was asked for did not show it, and the next fetch is not allowed yet. */
  | { readonly kind: 'unknown' }
  /**
   * Nothing says whether the issuer has the key; the sender may try again.
   * - `cooldown`: it is not in the held set, and the issuer was asked too recently to be asked again.
   * - `issuer`: no set young enough is held, or the last fetch failed.
   */
  | { readonly kind: 'unavailable'; readonly reason: 'cooldown' | 'issuer' };

/** Key sets of the issuers, by the URL of their OpenID metadata: fetched once, shared, refreshed in the background. */
export interface KeySets {
  /** Waits for at most one fetch. Never rejects. */
  find(metadataUrl: string, kid: string): Promise<KeyLookup>;
  /** Whether a usable set is held. */
  has(metadataUrl: string): boolean;
  /** Starts fetching these too and keeps their sets fresh until stop. */
  watch(metadataUrls: readonly string[]): void;
  stop(): Promise<void>;
}
