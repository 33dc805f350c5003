/** The party that has to act on an error. */
export type Acts = 'sender' | 'operator' | 'replier' | 'nobody';

export interface ErrorEntry {
  readonly meaning: string;
  readonly acts: Acts;
  /** Status of the ingress's response; null where no response depends on it. */
  readonly http: 400 | 401 | 503 | null;
}

/**
 * Every code that a source may return, in one closed list, so that logs, metric labels and rejected records stay
 * countable. The codes name kinds of faults, not protocols: a new protocol finds its own among them.
 */
export const ERRORS = {
  ERR_BODY_EMPTY: { meaning: 'The body is empty where the protocol sends JSON.', acts: 'sender', http: 400 },
  ERR_BODY_ENCODING: { meaning: 'The body is not valid UTF-8 or starts with a byte order mark.', acts: 'sender', http: 400 },
  ERR_BODY_DEPTH: { meaning: 'The body nests deeper than 64 levels.', acts: 'sender', http: 400 },
  ERR_BODY_SYNTAX: { meaning: 'The body is not JSON.', acts: 'sender', http: 400 },
  ERR_BODY_NOT_OBJECT: { meaning: 'The body is JSON, but not an object.', acts: 'sender', http: 400 },

  ERR_VERIFY_AUTHORIZATION_MISSING: { meaning: 'The request has no Authorization header.', acts: 'sender', http: 401 },
  ERR_VERIFY_AUTHORIZATION_DUPLICATE: { meaning: 'The request has more than one Authorization header.', acts: 'sender', http: 401 },
  ERR_VERIFY_AUTHORIZATION_SYNTAX: {
    meaning: 'The Authorization header is not a scheme, one blank and one credential.',
    acts: 'sender',
    http: 401,
  },
  ERR_VERIFY_AUTHORIZATION_SCHEME: {
    meaning: 'The scheme of the Authorization header is not the one of the source.',
    acts: 'sender',
    http: 401,
  },
  ERR_VERIFY_TOKEN_SIZE: { meaning: 'The token is longer than 16 kB.', acts: 'sender', http: 401 },
  ERR_VERIFY_TOKEN_FORM: { meaning: 'The token is not three canonical base64url segments.', acts: 'sender', http: 401 },
  ERR_VERIFY_TOKEN_JSON: {
    meaning: 'Header or claims are not a JSON object in UTF-8 without duplicate members.',
    acts: 'sender',
    http: 401,
  },
  ERR_VERIFY_TOKEN_ALGORITHM: { meaning: 'The token is not signed with RS256.', acts: 'sender', http: 401 },
  ERR_VERIFY_TOKEN_HEADER: {
    meaning: 'The token header lacks a key id, asks for extensions (crit, b64, zip, enc) or has another type than JWT.',
    acts: 'sender',
    http: 401,
  },
  ERR_VERIFY_TOKEN_TIMES: { meaning: 'A time is not a finite number, or the expiry is missing.', acts: 'sender', http: 401 },
  ERR_VERIFY_TOKEN_EXPIRED: { meaning: 'The token expired more than five minutes ago.', acts: 'sender', http: 401 },
  ERR_VERIFY_TOKEN_NOT_YET_VALID: {
    meaning: 'The token becomes valid, or was issued, more than five minutes in the future.',
    acts: 'sender',
    http: 401,
  },
  ERR_VERIFY_TOKEN_LIFETIME: { meaning: 'The token is valid for more than 24 hours.', acts: 'sender', http: 401 },
  ERR_VERIFY_TOKEN_ISSUER: { meaning: 'The issuer is not one that the app is configured with.', acts: 'sender', http: 401 },
  ERR_VERIFY_TOKEN_AUDIENCE: { meaning: 'The token was issued for another audience.', acts: 'sender', http: 401 },
  ERR_VERIFY_TOKEN_TENANT: { meaning: 'The tenant is missing or not one that the app admits.', acts: 'operator', http: 401 },
  ERR_VERIFY_TOKEN_CLAIM: { meaning: 'A claim that the source requires is missing or has another value.', acts: 'sender', http: 401 },
  ERR_VERIFY_TOKEN_KEY_UNKNOWN: { meaning: "The issuer's key set does not hold the key of the token.", acts: 'sender', http: 401 },
  ERR_VERIFY_TOKEN_SIGNATURE: { meaning: 'The signature of the token is not valid.', acts: 'sender', http: 401 },
  ERR_VERIFY_TOKEN_ENDORSEMENT: { meaning: 'The key of the token is not endorsed for the channel of the body.', acts: 'sender', http: 401 },
  ERR_VERIFY_TOKEN_SERVICE_URL: { meaning: 'The serviceurl claim is not the service URL of the body.', acts: 'sender', http: 401 },
  ERR_VERIFY_HMAC_FORM: { meaning: 'The MAC is not the canonical base64 of 32 bytes.', acts: 'sender', http: 401 },
  ERR_VERIFY_HMAC_MISMATCH: { meaning: 'No key of the app yields the MAC over the body.', acts: 'sender', http: 401 },
  ERR_VERIFY_HMAC_BODY_EMPTY: { meaning: 'The body is empty; a MAC over it authenticates no content.', acts: 'sender', http: 401 },
  ERR_VERIFY_ORIGIN: {
    meaning: 'The team, tenant or webhook name of the message is not the one that the app is configured with.',
    acts: 'operator',
    http: 401,
  },
  ERR_VERIFY_KEYS_UNAVAILABLE: {
    meaning: 'The key set of the issuer could not be fetched, and there is no earlier one of less than 24 hours; the sender may try again.',
    acts: 'operator',
    http: 503,
  },
  ERR_VERIFY_KEY_COOLDOWN: {
    meaning: 'The key set lacks the key of the token and was fetched less than 20 s ago; the sender may try again.',
    acts: 'sender',
    http: 503,
  },

  ERR_CLASSIFY_SHAPE: { meaning: 'The body has no form that the protocol knows.', acts: 'sender', http: 400 },
  ERR_CLASSIFY_AMBIGUOUS: { meaning: 'The body has the marks of two forms of the protocol.', acts: 'sender', http: 400 },
  ERR_CLASSIFY_ROUTING_KEY: {
    meaning: 'The body names no conversation or call, or one by an id of more than 1,024 characters, 512 in the legacy calling protocol.',
    acts: 'sender',
    http: 400,
  },
  ERR_CLASSIFY_EMPTY: { meaning: 'The body has the form of the protocol and announces nothing.', acts: 'sender', http: 400 },

  ERR_NORMALIZE_SHAPE: { meaning: 'The stored body has no form that the protocol knows.', acts: 'operator', http: null },
  ERR_NORMALIZE_REDIRECTED: {
    meaning: 'The notification was redirected; another region makes the event of it.',
    acts: 'nobody',
    http: null,
  },
  ERR_NORMALIZE_EMPTY: { meaning: 'The notification is well-formed and announces nothing.', acts: 'nobody', http: null },
  ERR_NORMALIZE_TOO_LARGE: {
    meaning: 'The events of the notification would exceed 3 MiB, keys and headers included.',
    acts: 'operator',
    http: null,
  },

  ERR_REPLY_NOT_OBJECT: { meaning: 'The reply is not a JSON object.', acts: 'replier', http: null },
  ERR_REPLY_TYPE: { meaning: 'The reply is not a message activity.', acts: 'replier', http: null },
  ERR_REPLY_SIZE: { meaning: 'The reply is longer than 28 kB of JSON.', acts: 'replier', http: null },
  ERR_REPLY_DEPTH: { meaning: 'The reply nests deeper than 64 levels.', acts: 'replier', http: null },
  ERR_REPLY_ACTION: { meaning: 'A card action of the reply is not openUrl.', acts: 'replier', http: null },
  ERR_REPLY_WORKFLOW: {
    meaning: 'The reply is not a workflow: `links.callback` with https, and actions that each have an `operationId` and a known `action`.',
    acts: 'replier',
    http: null,
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;
