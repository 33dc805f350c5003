import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
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
  /** Computes the hash of the token, unless it is among those used last; call it once per request. */
  slotOf(metadataUrl: string, text: string): TokenSlot;
}

const CAPACITY = 4096;
/** Tokens whose hash is remembered with their text: a platform sends thousands of notifications under one token. */
const RECENT = 64;
/** Characters of a signature that tell one genuine token from another. */
const TAIL = 32;

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

interface Recent {
  readonly metadataUrl: string;
  readonly text: string;
  readonly key: string;
}

function createVerifiedTokens(capacity: number): VerifiedTokens {
  const tokens = new LRUCache<string, VerifiedToken>({ max: capacity });
  // By the end of the text. Verified tokens only: forged ones would remove them.
  const recent = new LRUCache<string, Recent>({ max: RECENT });

  return {
    slotOf(metadataUrl, text) {
      const tail = text.slice(-TAIL);
      const last = recent.get(tail);
      const isRecent = last?.text === text && last.metadataUrl === metadataUrl;
      const key = isRecent ? last.key : hash('sha256', `${metadataUrl}\n${text}`, 'base64');
      const found = tokens.get(key);
      const remember = () => recent.set(tail, { metadataUrl, text, key });
      if (found !== undefined && !isRecent) remember();
      return {
        found,
        keep(token) {
          tokens.set(key, token);
          remember();
        },
      };
    },
  };
}
