import { createHash, timingSafeEqual } from 'node:crypto';
import { createValidator, type Keyword, oneOf, optional, type Problem, strictObject, Type } from '@switchboard/validation';
import { INSTALL_ID_PATTERN } from '../install-id.ts';

/** What a token may do: `reader` reads, `editor` writes installs that have a filter, `operator` does everything. */
export type Role = 'reader' | 'editor' | 'operator';

/** The owner of the token that a request came with. */
export interface Caller {
  readonly name: string;
  readonly role: Role;
  /** Tenants that the token is confined to; null for all. */
  readonly tenants: readonly string[] | null;
  /** Ids of installs that the token is confined to, in addition to the tenants; null for all. */
  readonly installs: readonly string[] | null;
}

/** The caller whose token an Authorization header has; undefined if it has none that is known. */
export type Authenticate = (authorization: string | undefined) => Caller | undefined;

export type TokensOutcome =
  | { readonly ok: true; readonly authenticate: Authenticate; readonly tokenCount: number }
  | {
      readonly ok: false;
      /** The first 20. */
      readonly problems: readonly string[];
      /** Number of all problems. */
      readonly problemCount: number;
    };

interface KnownToken extends Caller {
  readonly hash: Buffer;
}

const roles = ['reader', 'editor', 'operator'] as const satisfies Role[];
const EMPTY_TEXT_SHA256 = createHash('sha256').update('').digest('hex');

const tokenHash: Keyword<true, string> = {
  type: 'string',
  broken(_, sha256) {
    if (sha256.toLowerCase() === EMPTY_TEXT_SHA256) return { rule: 'must not be the SHA-256 of the empty text' };
    return /^0+$/.test(sha256) ? { rule: 'must not be all zeros' } : undefined;
  },
};

const confinement: Keyword<true, { readonly role?: unknown; readonly tenants?: unknown; readonly installs?: unknown }> = {
  type: 'object',
  broken(_, token) {
    if (token.role !== 'operator') return undefined;
    const member = (['tenants', 'installs'] as const).find((name) => (token[name] ?? null) !== null);
    return member && { at: [member], rule: 'must be absent for an operator' };
  },
};

const nonEmpty = Type.String({ minLength: 1, rule: 'a non-empty string' });
const installId = Type.String({ pattern: INSTALL_ID_PATTERN, rule: 'an id of an install' });

const tokenSchema = strictObject(
  {
    name: nonEmpty,
    sha256: Type.String({ pattern: '^[0-9A-Fa-f]{64}$', tokenHash: true, secret: true, rule: 'the SHA-256 of the token in hexadecimal' }),
    role: oneOf(roles),
    tenants: optional(Type.Array(nonEmpty, { minItems: 1 })),
    installs: optional(Type.Array(installId, { minItems: 1 })),
  },
  { confinement: true },
);

/** Members of the file in addition to `tokens` are allowed: a note, for example. */
const validator = createValidator(Type.Object({ tokens: Type.Array(tokenSchema) }), { keywords: { tokenHash, confinement } });

/**
 * Reads the tokens file: `{"tokens":[{"name":…,"sha256":…,"role":"reader|editor|operator","tenants":[…]?,"installs":[…]?}]}`. The file has
 * the hashes of the tokens only. Problems name the member and the rule, never a value.
 */
export function readTokens(text: string): TokensOutcome {
  const refuse = (problem: string): TokensOutcome => ({ ok: false, problems: [problem], problemCount: 1 });
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    return refuse('the file must be JSON');
  }
  const checked = validator.check(file);
  if (!checked.ok) return { ok: false, problems: checked.problems.map(withoutValue), problemCount: checked.problemCount };
  const known = checked.value.tokens.map(({ name, sha256, role, tenants = null, installs = null }): KnownToken => {
    return { name, role, tenants, installs, hash: Buffer.from(sha256, 'hex') };
  });
  return { ok: true, authenticate: authenticator(known), tokenCount: known.length };
}

/** A token in clear may be in any member by mistake. */
function withoutValue({ member, rule }: Problem): string {
  return `${member === '' ? 'the file' : member} ${rule}`;
}

function authenticator(known: readonly KnownToken[]): Authenticate {
  return (authorization) => {
    const token = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return undefined;
    const hash = createHash('sha256').update(token).digest();
    let found: Caller | undefined;
    // Compares every token, so that the time does not depend on which one matches.
    for (const { hash: expected, ...caller } of known) if (timingSafeEqual(hash, expected)) found = caller;
    return found;
  };
}
