import { createHmac } from 'node:crypto';
import { authenticateBearer, type BearerRule, verifyHmac } from '@switchboard/source-kit';
import { createTestIssuer } from '@switchboard/source-kit/testing';
import { macMutations } from './mutations/mac-mutations.ts';
import { type SeededRandom, seededRandom } from './mutations/seeded-random.ts';
import { readValidToken, tokenMutations } from './mutations/token-mutations.ts';
import type { Bench, BenchResult } from './support/bench.ts';
import { type Table, whole } from './support/table.ts';

const TOTAL = 10_000_000;
const TOTAL_QUICK = 100_000;
const SEED = 20_261_127;
const POOL = 200;
const BATCH = 250;
// Fixed, so that the same seed gives the same counts: of the unknown keys, one is looked for and the others wait.
const NOW = Date.UTC(2026, 0, 15, 12);
const TENANT = '1fdd12d0-4620-44ed-baec-459b611f84b2';
const keys = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];

/** One kind of mutation; `outcome` makes one and says what its outcome is: a code, or `accepted`. */
interface Kind {
  readonly kind: string;
  readonly weight: number;
  outcome(random: SeededRandom): string | Promise<string>;
}

interface Tally {
  readonly kind: string;
  readonly seconds: number;
  readonly codes: ReadonlyMap<string, number>;
}

/** Changes valid tokens and MACs at random, by a seed, and counts the outcomes: no mutation may be accepted. */
export const mutationsBench: Bench = {
  name: 'mutations',
  title: 'Refusal of mutated tokens and MACs',
  profiled: 'ingress',
  async run({ quick, report }) {
    const total = quick ? TOTAL_QUICK : TOTAL;
    const bearer = await bearerKinds();
    const kinds = [...bearer.kinds, ...macKinds()];
    const weights = kinds.reduce((sum, { weight }) => sum + weight, 0);
    const tallies: Tally[] = [];
    for (const [index, kind] of kinds.entries()) {
      report(`mutations: ${kind.kind}`);
      tallies.push(await tallyOf(kind, Math.ceil((total * kind.weight) / weights), seededRandom(SEED + index)));
    }
    await bearer.stop();
    const result = resultOf(tallies);
    if (countOf(tallies, 'accepted') > 0) process.exitCode = 1;
    return result;
  },
};

async function bearerKinds(): Promise<{ readonly kinds: readonly Kind[]; stop(): Promise<void> }> {
  const issuer = await createTestIssuer();
  const keySets = issuer.keySets({ now: () => NOW, monotonic: () => 0 });
  const claims = { iss: 'https://api.botframework.com', aud: 'app-1', tid: TENANT, serviceurl: 'https://smba.example.com/emea/' };
  const rule: BearerRule = {
    metadataUrl: issuer.metadataUrl,
    issuers: [claims.iss],
    audience: claims.aud,
    tenant: 'required',
    tenants: [TENANT],
  };
  const authenticate = (authorization: string) =>
    authenticateBearer({ headers: { authorization }, duplicateHeaders: [] }, rule, { keySets, now: NOW });
  const pool = Array.from({ length: POOL }, (_, n) => readValidToken(issuer.token({ ...claims, jti: `token-${n}` }, { now: NOW })));
  for (const { text } of pool) {
    const outcome = await authenticate(`Bearer ${text}`);
    if (outcome.kind !== 'authenticated') throw new Error(`a valid token is refused: ${outcome.code}`);
  }
  const valid = new Set(pool.map(({ text }) => `Bearer ${text}`));
  const kinds = tokenMutations.map(
    ({ kind, weight, make }): Kind => ({
      kind,
      weight,
      async outcome(random) {
        let authorization: string;
        do authorization = make(random.of(pool), random, random.of(pool));
        while (valid.has(authorization));
        const outcome = await authenticate(authorization);
        return outcome.kind === 'authenticated' ? 'accepted' : outcome.code;
      },
    }),
  );
  return { kinds, stop: () => keySets.stop() };
}

function macKinds(): readonly Kind[] {
  const pool = Array.from({ length: POOL }, (_, n) => {
    const body = Buffer.from(JSON.stringify({ type: 'message', id: `message-${n}`, text: 'what is for lunch? '.repeat(1 + (n % 40)) }));
    return {
      body,
      mac: createHmac('sha256', keys[n % keys.length] as Buffer)
        .update(body)
        .digest(),
    };
  });
  const verify = (authorization: string, body: Buffer) => verifyHmac({ headers: { authorization }, duplicateHeaders: [], body }, keys);
  const bodyOf = new Map(pool.map(({ body, mac }) => [`HMAC ${mac.toString('base64')}`, body]));
  const isValid = ({ authorization, body }: { readonly authorization: string; readonly body: Buffer }) =>
    bodyOf.get(authorization)?.equals(body) ?? false;
  for (const { body, mac } of pool) {
    if (verify(`HMAC ${mac.toString('base64')}`, body).kind !== 'verified') throw new Error('a valid MAC is refused');
  }
  return macMutations.map(({ kind, weight, make }) => ({
    kind,
    weight,
    outcome(random) {
      let changed = make(random.of(pool), random, random.of(pool));
      while (isValid(changed)) changed = make(random.of(pool), random, random.of(pool));
      const outcome = verify(changed.authorization, changed.body);
      return outcome.kind === 'verified' ? 'accepted' : outcome.code;
    },
  }));
}

async function tallyOf({ kind, outcome }: Kind, count: number, random: SeededRandom): Promise<Tally> {
  const codes = new Map<string, number>();
  const startedAt = performance.now();
  for (let done = 0; done < count; done += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, count - done) }, () => outcome(random));
    for (const code of await Promise.all(batch)) codes.set(code, (codes.get(code) ?? 0) + 1);
  }
  return { kind, codes, seconds: (performance.now() - startedAt) / 1000 };
}

function countOf(tallies: readonly Tally[], code: string): number {
  return tallies.reduce((sum, { codes }) => sum + (codes.get(code) ?? 0), 0);
}

function sizeOf({ codes }: Tally): number {
  return [...codes.values()].reduce((sum, count) => sum + count, 0);
}

function resultOf(tallies: readonly Tally[]): BenchResult {
  const total = tallies.reduce((sum, tally) => sum + sizeOf(tally), 0);
  const seconds = tallies.reduce((sum, tally) => sum + tally.seconds, 0);
  const byKind: Table = {
    columns: ['mutation', 'count', 'a second', 'accepted'],
    rows: [
      ...tallies.map((tally) => [
        tally.kind,
        whole(sizeOf(tally)),
        whole(sizeOf(tally) / tally.seconds),
        whole(countOf([tally], 'accepted')),
      ]),
      ['all', whole(total), whole(total / seconds), whole(countOf(tallies, 'accepted'))],
    ],
  };
  const byCode: Table = {
    columns: ['mutation', 'code', 'count'],
    rows: tallies.flatMap(({ kind, codes }) =>
      [...codes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([code, count]) => [kind, code, whole(count)]),
    ),
  };
  const reached = countOf(tallies, 'ERR_VERIFY_TOKEN_SIGNATURE');
  return {
    tables: [byKind, byCode],
    notes: [
      `Aim: no mutation is accepted. ${whole(total)} mutations with seed ${SEED} in ${Math.round(seconds)} s, one process; ${whole(reached)} reached the signature check and ${whole(countOf(tallies, 'ERR_VERIFY_HMAC_MISMATCH'))} the MAC.`,
      'ERR_VERIFY_KEY_COOLDOWN is a 503: the key id is unknown, and the issuer was asked too recently to say so. The clock of the bench does not move.',
      'The seed fixes every choice of a mutation; the keys of the issuer are new in each run, so counts by code differ a little.',
    ],
  };
}
