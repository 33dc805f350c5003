import { type SeededRandom, withFlippedBit } from './seeded-random.ts';

/** A valid token, in its parts. */
export interface ValidToken {
  readonly text: string;
  readonly segments: readonly [header: string, claims: string, signature: string];
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

export interface TokenMutation {
  readonly kind: string;
  /** Share of the tokens. */
  readonly weight: number;
  /** The Authorization header with a changed token; `other` is another valid token. */
  make(token: ValidToken, random: SeededRandom, other: ValidToken): string;
}

export function readValidToken(text: string): ValidToken {
  const [header = '', claims = '', signature = ''] = text.split('.');
  const read = (segment: string) => JSON.parse(Buffer.from(segment, 'base64url').toString()) as Readonly<Record<string, unknown>>;
  return { text, segments: [header, claims, signature], header: read(header), claims: read(claims) };
}

const encode = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const bearer = (...segments: readonly string[]): string => `Bearer ${segments.join('.')}`;
const flipped = (segment: string, random: SeededRandom): string =>
  withFlippedBit(Buffer.from(segment, 'base64url'), random).toString('base64url');
const inserted = (text: string, at: number, what: string): string => text.slice(0, at) + what + text.slice(at);

/** The token with other members in a segment and the signature that it had. */
function withMembers(token: ValidToken, part: 'header' | 'claims', members: Readonly<Record<string, unknown>>): string {
  const [header, claims, signature] = token.segments;
  const changed = encode({ ...token[part], ...members });
  return part === 'header' ? bearer(changed, claims, signature) : bearer(header, changed, signature);
}

function withSegment(token: ValidToken, index: number, change: (segment: string) => string): string {
  return bearer(...token.segments.map((segment, at) => (at === index ? change(segment) : segment)));
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Another last character of the same bytes, or of other bytes where the segment has no unused bits. */
function otherLastCharacter(segment: string, random: SeededRandom): string {
  const last = ALPHABET.indexOf(segment.at(-1) ?? 'A');
  return segment.slice(0, -1) + (ALPHABET[last ^ (1 + random.below(3))] as string);
}

const algorithms = ['none', 'None', 'HS256', 'HS512', 'RS384', 'RS512', 'PS256', 'ES256', 'EdDSA', 'rs256', '', null, ['RS256'], 256];
const issuers = [
  'https://issuer.invalid',
  'https://api.botframework.com/',
  'HTTPS://API.BOTFRAMEWORK.COM',
  '',
  null,
  ['https://api.botframework.com'],
];

export const tokenMutations: readonly TokenMutation[] = [
  { kind: 'bit of the header', weight: 8, make: (token, random) => withSegment(token, 0, (segment) => flipped(segment, random)) },
  { kind: 'bit of the claims', weight: 10, make: (token, random) => withSegment(token, 1, (segment) => flipped(segment, random)) },
  { kind: 'bit of the signature', weight: 8, make: (token, random) => withSegment(token, 2, (segment) => flipped(segment, random)) },
  {
    kind: 'signature of another token',
    weight: 2,
    make: (token, _, other) => bearer(token.segments[0], token.segments[1], other.segments[2]),
  },
  {
    kind: 'claims of another token',
    weight: 2,
    make: (token, _, other) => bearer(token.segments[0], other.segments[1], token.segments[2]),
  },
  {
    kind: 'signature cut or longer by bytes',
    weight: 1,
    make: (token, random) =>
      withSegment(token, 2, (segment) => {
        const bytes = Buffer.from(segment, 'base64url');
        const changed =
          random.below(2) === 0
            ? bytes.subarray(0, random.below(bytes.length - 1) + 1)
            : Buffer.concat([bytes, bytes.subarray(random.below(255))]);
        return changed.toString('base64url');
      }),
  },
  {
    kind: 'further claim, old signature',
    weight: 2,
    make: (token, random) => withMembers(token, 'claims', { [`claim-${random.below(1e9)}`]: random.below(1e9) }),
  },
  {
    kind: 'token cut',
    weight: 8,
    make: (token, random) => `Bearer ${token.text.slice(0, 1 + random.below(token.text.length - 1))}`,
  },
  {
    kind: 'segments in another order',
    weight: 6,
    make: ({ segments: [a, b, c] }, random) =>
      bearer(
        ...random.of([
          [b, a, c],
          [a, c, b],
          [c, b, a],
          [b, c, a],
          [c, a, b],
          [a, a, c],
          [b, b, c],
        ]),
      ),
  },
  {
    kind: 'other alg',
    weight: 6,
    make: (token, random) => withMembers(token, 'header', { alg: random.of(algorithms), n: random.below(1e9) }),
  },
  {
    kind: 'other kid',
    weight: 5,
    make: (token, random) =>
      withMembers(token, 'header', { kid: random.of([`kid-${random.below(1e9)}`, '', null, random.below(1e9), '__proto__', '../key']) }),
  },
  {
    kind: 'header with extensions',
    weight: 4,
    make: (token, random) =>
      withMembers(token, 'header', { [random.of(['crit', 'b64', 'zip', 'enc'])]: random.of([true, [], ['b64'], null]) }),
  },
  {
    kind: 'other aud',
    weight: 5,
    make: (token, random) =>
      withMembers(token, 'claims', {
        aud: random.of([`aud-${random.below(1e9)}`, [token.claims.aud], '', null, `${String(token.claims.aud)} `]),
      }),
  },
  {
    kind: 'other iss',
    weight: 4,
    make: (token, random) => withMembers(token, 'claims', { iss: random.of(issuers), n: random.below(1e9) }),
  },
  {
    kind: 'other tid',
    weight: 3,
    make: (token, random) => withMembers(token, 'claims', { tid: random.of([`tid-${random.below(1e9)}`, '', null, [token.claims.tid]]) }),
  },
  {
    kind: 'other exp, nbf or iat',
    weight: 5,
    make: (token, random) =>
      withMembers(token, 'claims', {
        [random.of(['exp', 'nbf', 'iat'])]: random.of([
          random.below(2 ** 31),
          -1,
          '0',
          null,
          1e300,
          Number(token.claims.exp) + 1 + random.below(10_000),
        ]),
      }),
  },
  {
    kind: 'duplicate member',
    weight: 5,
    make(token, random) {
      const part = random.of(['header', 'claims'] as const);
      const [name, value] = random.of(Object.entries(token[part]));
      const changed = encode(
        `{${JSON.stringify(name)}:${random.of([JSON.stringify(value), 'null', `"${random.below(1e9)}"`])},${JSON.stringify(token[part]).slice(1)}`,
      );
      return withSegment(token, part === 'header' ? 0 : 1, () => changed);
    },
  },
  {
    kind: 'white space in the JSON',
    weight: 3,
    make(token, random) {
      const part = random.of(['header', 'claims'] as const);
      const text = JSON.stringify(token[part]);
      return withSegment(token, part === 'header' ? 0 : 1, () =>
        encode(inserted(text, random.of([0, 1, text.length - 1, text.length]), random.of([' ', '\t', '\n', '\ufeff']))),
      );
    },
  },
  {
    kind: 'foreign character in the token',
    weight: 4,
    make: (token, random) =>
      `Bearer ${inserted(token.text, random.below(token.text.length + 1), random.of([' ', '\t', '\n', ',', '=', '+', '/', '.', '%', '\0', 'é']))}`,
  },
  {
    kind: 'padding',
    weight: 3,
    make: (token, random) => withSegment(token, random.below(3), (segment) => segment + random.of(['=', '==', '===', '%3D'])),
  },
  {
    kind: 'other last character',
    weight: 3,
    make: (token, random) => withSegment(token, random.below(3), (segment) => otherLastCharacter(segment, random)),
  },
  {
    kind: 'other form of the header',
    weight: 3,
    make: ({ text }, random) =>
      random.of([
        `Bearer  ${text}`,
        `Bearer\t${text}`,
        `Bearer \t${text}`,
        `bearer ${text}`,
        `HMAC ${text}`,
        text,
        ` Bearer ${text}`,
        `Bearer ${text} `,
        `Bearer ${text}, Bearer ${text}`,
        `Bearer ${text}.${text}`,
      ]),
  },
];
