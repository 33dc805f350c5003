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
  /** The newest set that the issuer can be asked for does not hold it. */
  | { readonly kind: 'unknown' }
  /** There is no set young enough to judge by, or the issuer could not be asked for a key that is not in it. */
  | { readonly kind: 'unavailable' };

/** Key sets of the issuers, by the URL of their OpenID metadata: fetched once, shared, refreshed in the background. */
export interface KeySets {
  find(metadataUrl: string, kid: string): Promise<KeyLookup>;
  /** Whether a usable set is held. */
  has(metadataUrl: string): boolean;
  /** Starts fetching these too and keeps their sets fresh until stop. */
  watch(metadataUrls: readonly string[]): void;
  stop(): Promise<void>;
}
