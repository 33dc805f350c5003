import { hash } from 'node:crypto';
import type { IssuerKey, KeySets } from '../key-sets.ts';
import type { Token } from './read-token.ts';

/** A token whose signature was verified with this key object. */
export interface VerifiedToken {
  readonly token: Token;
  readonly key: IssuerKey['key'];
}

/** The place of one token in the cache. */
export interface TokenSlot {
  /** The token, where it was verified before. */
  readonly found: VerifiedToken | undefined;
  keep(token: VerifiedToken): void;
}

/** Tokens verified before, by the hash of issuer and text; the least recently used is removed first. */
export interface VerifiedTokens {
  /** Computes the hash of the token; call it once per request. */
  slotOf(metadataUrl: string, text: string): TokenSlot;
}

const CAPACITY = 4096;

// Per key sets, so that the cache is released with them and two instances in one process share nothing.
const byKeySets = new WeakMap<KeySets, VerifiedTokens>();

export function verifiedTokensOf(keySets: KeySets): VerifiedTokens {
  let tokens = byKeySets.get(keySets);
  if (tokens === undefined) {
    tokens = createVerifiedTokens(CAPACITY);
    byKeySets.set(keySets, tokens);
  }
  return tokens;
}

function createVerifiedTokens(capacity: number): VerifiedTokens {
  const tokens = new Map<string, VerifiedToken>();
  return {
    slotOf(metadataUrl, text) {
      const key = hash('sha256', `${metadataUrl}\n${text}`, 'base64');
      const found = tokens.get(key);
      if (found !== undefined) {
        tokens.delete(key);
        tokens.set(key, found);
      }
      return {
        found,
        keep(token) {
          tokens.set(key, token);
          if (tokens.size > capacity) tokens.delete(tokens.keys().next().value as string);
        },
      };
    },
  };
}
