import { createHash, timingSafeEqual } from 'node:crypto';

/** What a token may do: `reader` reads, `editor` writes installs that have a filter, `operator` everything. */
export type Role = 'reader' | 'editor' | 'operator';

/** Who asks. */
export interface Caller {
  readonly name: string;
  readonly role: Role;
  /** Tenants that the token is confined to; null for all. */
  readonly tenants: readonly string[] | null;
}

export type TokensOutcome =
  | { readonly ok: true; readonly authenticate: (authorization: string | undefined) => Caller | undefined }
  | { readonly ok: false; readonly problems: readonly string[] };

interface KnownToken extends Caller {
  readonly hash: Buffer;
}

const roles: readonly string[] = ['reader', 'editor', 'operator'] satisfies Role[];
const members = ['name', 'sha256', 'role', 'tenants'];

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string' && item !== '');
}

function readToken(value: unknown, path: string, problems: string[]): KnownToken | undefined {
  if (!isRecord(value)) {
    problems.push(`${path} must be an object`);
    return undefined;
  }
  const before = problems.length;
  const { name, sha256, role, tenants = null } = value;
  for (const member of Object.keys(value))
    if (!members.includes(member)) problems.push(`${path}.${member} is not a member; members are ${members.join(', ')}`);
  if (typeof name !== 'string' || name === '') problems.push(`${path}.name must be a text`);
  if (typeof sha256 !== 'string' || !/^[0-9a-fA-F]{64}$/.test(sha256))
    problems.push(`${path}.sha256 must be the SHA-256 of the token in hexadecimal`);
  if (typeof role !== 'string' || !roles.includes(role)) problems.push(`${path}.role must be one of ${roles.join(', ')}`);
  if (tenants !== null && !isTexts(tenants)) problems.push(`${path}.tenants must be an array of texts`);
  if (tenants !== null && role === 'operator') problems.push(`${path}.tenants cannot confine an operator`);
  if (problems.length > before) return undefined;
  return { name: String(name), role: role as Role, tenants: tenants as readonly string[] | null, hash: Buffer.from(String(sha256), 'hex') };
}

/**
 * Reads the tokens file: `{"tokens":[{"name":…,"sha256":…,"role":"reader|editor|operator","tenants":[…]?}]}`. Tokens stand
 * in it as hashes only; all problems are reported at once and show no value.
 */
export function readTokens(text: string): TokensOutcome {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    return { ok: false, problems: ['the file must hold JSON'] };
  }
  if (!isRecord(file) || !Array.isArray(file.tokens)) return { ok: false, problems: ['tokens must be an array'] };
  const problems: string[] = [];
  const known = file.tokens.flatMap((token: unknown, index) => readToken(token, `tokens[${index}]`, problems) ?? []);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, authenticate: authenticator(known) };
}

function authenticator(known: readonly KnownToken[]) {
  return (authorization: string | undefined): Caller | undefined => {
    const token = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return undefined;
    const hash = createHash('sha256').update(token).digest();
    let found: Caller | undefined;
    // Every token is compared, so that the time says nothing about which one was close.
    for (const { hash: expected, ...caller } of known) if (timingSafeEqual(hash, expected)) found = caller;
    return found;
  };
}
