import { hash, type KeyObject } from 'node:crypto';
import type { KeySets } from '../key-sets.ts';
import type { Token } from './read-token.ts';

/** A token whose signature was found valid under this very key. */
export interface VerifiedToken {
  readonly token: Token;
  readonly key: KeyObject;
}

/** Tokens verified before, by hash, least recently used out first. */
export interface VerifiedTokens {
  get(metadataUrl: string, text: string): VerifiedToken | undefined;
  add(metadataUrl: string, text: string, token: VerifiedToken): void;
}

const CAPACITY = 4096;

// Tied to the key sets they were verified with, so that the memory goes when those go and processes share nothing.
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
  const keyOf = (metadataUrl: string, text: string) => hash('sha256', `${metadataUrl}\n${text}`, 'base64');
  return {
    get(metadataUrl, text) {
      const key = keyOf(metadataUrl, text);
      const found = tokens.get(key);
      if (found !== undefined) {
        tokens.delete(key);
        tokens.set(key, found);
      }
      return found;
    },
    add(metadataUrl, text, token) {
      tokens.set(keyOf(metadataUrl, text), token);
      if (tokens.size > capacity) tokens.delete(tokens.keys().next().value as string);
    },
  };
}
