import { createHash, timingSafeEqual } from 'node:crypto';
import { memberPath } from '../install-problem.ts';
import { createProblemList, type ProblemList } from '../problem-list.ts';

/** What a token may do: `reader` reads, `editor` writes installs that have a filter, `operator` does everything. */
export type Role = 'reader' | 'editor' | 'operator';

/** The owner of the token that a request came with. */
export interface Caller {
  readonly name: string;
  readonly role: Role;
  /** Tenants that the token is confined to; null for all. */
  readonly tenants: readonly string[] | null;
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

const roles: readonly string[] = ['reader', 'editor', 'operator'] satisfies Role[];
const members = ['name', 'sha256', 'role', 'tenants'];
const EMPTY_TEXT_SHA256 = createHash('sha256').update('').digest('hex');

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string' && item !== '');
}

/** The rule that a hash breaks, without the hash. */
function hashRule(sha256: unknown): string | undefined {
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/i.test(sha256)) return 'must be the SHA-256 of the token in hexadecimal';
  if (sha256.toLowerCase() === EMPTY_TEXT_SHA256) return 'must not be the SHA-256 of the empty text';
  if (/^0+$/.test(sha256)) return 'must not be all zeros';
  return undefined;
}

function readToken(value: unknown, path: string, problems: ProblemList<string>): KnownToken | undefined {
  if (!isRecord(value)) {
    problems.add(() => `${path} must be an object`);
    return undefined;
  }
  const before = problems.count;
  const { name, sha256, role, tenants = null } = value;
  for (const member of Object.keys(value)) {
    if (!members.includes(member)) problems.add(() => `${memberPath(path, member)} is not a member; members are ${members.join(', ')}`);
  }
  if (typeof name !== 'string' || name === '') problems.add(() => `${path}.name must be a non-empty string`);
  const wrongHash = hashRule(sha256);
  if (wrongHash !== undefined) problems.add(() => `${path}.sha256 ${wrongHash}`);
  if (typeof role !== 'string' || !roles.includes(role)) problems.add(() => `${path}.role must be one of ${roles.join(', ')}`);
  if (tenants !== null && !isTexts(tenants)) problems.add(() => `${path}.tenants must be an array of non-empty strings`);
  if (tenants !== null && role === 'operator') problems.add(() => `${path}.tenants must be absent for an operator`);
  if (problems.count > before) return undefined;
  return { name: String(name), role: role as Role, tenants: tenants as readonly string[] | null, hash: Buffer.from(String(sha256), 'hex') };
}

/**
 * Reads the tokens file: `{"tokens":[{"name":…,"sha256":…,"role":"reader|editor|operator","tenants":[…]?}]}`. The file has
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
  if (!isRecord(file) || !Array.isArray(file.tokens)) return refuse('tokens must be an array');
  const problems = createProblemList<string>();
  const known = file.tokens.flatMap((token: unknown, index) => readToken(token, `tokens[${index}]`, problems) ?? []);
  if (problems.count > 0) return { ok: false, problems: problems.first, problemCount: problems.count };
  return { ok: true, authenticate: authenticator(known), tokenCount: known.length };
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
