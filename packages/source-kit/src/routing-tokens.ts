import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { isJsonObject } from './body/json.ts';
import { parseStrictJson } from './token/strict-json.ts';

/** Signed text that a sender returns to us unchanged: callback contexts. */
export interface RoutingTokens {
  /** URL-safe text; the data is readable by all, and only we can have signed it, for this app. */
  mint(app: string, data: Readonly<Record<string, string>>): string;
  /** The data of a token that one of the keys signed for this app; undefined for any other text. */
  open(app: string, token: string): Readonly<Record<string, string>> | undefined;
}

const VERSION = 'r1';
const MIN_KEY_CHARACTERS = 32;
const MAX_TOKEN_CHARACTERS = 4096;
// Half of SHA-256 is more than enough against forgery and keeps the token short.
const MAC_BYTES = 16;

/** The rule that the text of a routing token key breaks, for a configuration problem; undefined for a key that can be used. */
export function routingTokenKeyProblem(text: string): string | undefined {
  if (text.length < MIN_KEY_CHARACTERS) return `must have at least ${MIN_KEY_CHARACTERS} characters`;
  // What a placeholder looks like: zeros, or one letter held down.
  return new Set(text).size === 1 ? 'must not be one character repeated' : undefined;
}

/** The first key signs, all verify. Throws a TypeError unless there is at least one key and `routingTokenKeyProblem` finds none. */
export function createRoutingTokens(texts: readonly string[]): RoutingTokens {
  for (const [index, text] of texts.entries()) {
    const problem = routingTokenKeyProblem(text);
    if (problem !== undefined) throw new TypeError(`routing token keys[${index}]: ${problem}`);
  }
  // Key objects: Node sets a text up as a key at every use.
  const keys = texts.map((text) => createSecretKey(text, 'utf8'));
  const [signingKey] = keys;
  if (signingKey === undefined) throw new TypeError('routing token keys: at least one is needed');
  return {
    mint(app, data) {
      const payload = Buffer.from(JSON.stringify(data)).toString('base64url');
      return `${VERSION}.${payload}.${macOf(signingKey, app, payload).toString('base64url')}`;
    },
    open(app, token) {
      if (token.length > MAX_TOKEN_CHARACTERS) return undefined;
      const [version, payload = '', mac = '', ...more] = token.split('.', 4);
      if (version !== VERSION || more.length > 0) return undefined;
      const given = Buffer.from(mac, 'base64url');
      if (given.length !== MAC_BYTES || given.toString('base64url') !== mac) return undefined;
      const fits = keys.map((key) => timingSafeEqual(macOf(key, app, payload), given));
      return fits.includes(true) ? readData(payload) : undefined;
    },
  };
}

function macOf(key: KeyObject, app: string, payload: string): Buffer {
  // The app's length keeps an app name from running into the payload.
  return createHmac('sha256', key).update(`switchboard ${VERSION} ${app.length} ${app} ${payload}`).digest().subarray(0, MAC_BYTES);
}

function readData(payload: string): Readonly<Record<string, string>> | undefined {
  const data = parseStrictJson(Buffer.from(payload, 'base64url'));
  if (!isJsonObject(data) || !Object.values(data).every((value) => typeof value === 'string')) return undefined;
  return data as Readonly<Record<string, string>>;
}
