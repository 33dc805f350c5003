import type { JsonWebKey } from 'node:crypto';
import { createSampleSigner, type SampleSignerOptions } from '../create-sample-signer.ts';
import { createKeySets } from '../key-sets/create-key-sets.ts';
import type { KeySetsOptions } from '../key-sets/options.ts';
import type { KeySets } from '../key-sets.ts';
import type { SampleSigner } from '../sample-signer.ts';
import { type IssuerKeyPair, makeKeyPair, readKeyPair } from './issuer-keys.ts';
import { type TokenOptions, testToken } from './test-token.ts';

export interface TestIssuerOptions {
  /** Stored private keys, the signing one first; one is made when there is none. */
  readonly keys?: readonly JsonWebKey[];
  /** Origin of the documents; the host of a real server, or any name when `fetch` of the issuer is used. */
  readonly origin?: string;
  /** `issuer` of the metadata. Default `https://api.botframework.com`. */
  readonly issuer?: string;
  /** Channel endorsements of every key. Default: msteams and webchat. */
  readonly endorsements?: readonly string[];
}

/** An issuer of tokens with its private keys, for tests. */
export interface TestIssuer {
  /** Path of the metadata and, with the origin, its URL. */
  readonly metadataPath: string;
  readonly metadataUrl: string;
  readonly keysPath: string;
  /** Id of the key that signs. */
  readonly kid: string;
  /** OpenID metadata for documents at another origin than the option's, for example once a port is known. */
  metadata(origin?: string): Readonly<Record<string, unknown>>;
  jwks(): { readonly keys: readonly JsonWebKey[] };
  /** The private keys, the signing one first, to store. */
  privateKeys(): readonly JsonWebKey[];
  /** Makes a new key the signing one; the others stay in the set. Gives its id. */
  rotate(): Promise<string>;
  /** Takes a key out of the set. */
  withdraw(kid: string): void;
  /** A compact token, valid unless the options say otherwise. */
  token(claims: Readonly<Record<string, unknown>>, options?: TokenOptions): string;
  /** Serves the two documents in place of the network; 404 for everything else. */
  readonly fetch: typeof fetch;
  /** Key sets that fetch from this issuer. */
  keySets(options?: Omit<KeySetsOptions, 'fetch'>): KeySets;
  /** A signer of samples with the signing key. */
  signer(options: Omit<SampleSignerOptions, 'issuerKey'>): SampleSigner;
}

const METADATA_PATH = '/.well-known/openid-configuration';
const KEYS_PATH = '/.well-known/keys';

export async function createTestIssuer(options: TestIssuerOptions = {}): Promise<TestIssuer> {
  const { origin = 'https://issuer.example', issuer = 'https://api.botframework.com', endorsements = ['msteams', 'webchat'] } = options;
  const stored = await Promise.all((options.keys ?? []).map(readKeyPair));
  let pairs: readonly IssuerKeyPair[] = stored.length === 0 ? [await makeKeyPair()] : stored;
  let published = new Set(pairs.map((pair) => pair.kid));
  const signing = (): IssuerKeyPair => pairs[0] as IssuerKeyPair;

  const issuerOfTokens: TestIssuer = {
    metadataPath: METADATA_PATH,
    metadataUrl: `${origin}${METADATA_PATH}`,
    keysPath: KEYS_PATH,
    get kid() {
      return signing().kid;
    },
    metadata: (at = origin) => ({
      issuer,
      jwks_uri: `${at}${KEYS_PATH}`,
      id_token_signing_alg_values_supported: ['RS256'],
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
    }),
    jwks: () => ({
      keys: pairs.filter((pair) => published.has(pair.kid)).map((pair) => ({ ...pair.publicJwk, endorsements: [...endorsements] })),
    }),
    privateKeys: () => pairs.map((pair) => pair.privateJwk),
    async rotate() {
      const next = await makeKeyPair();
      pairs = [next, ...pairs];
      published = new Set([next.kid, ...published]);
      return next.kid;
    },
    withdraw(kid) {
      published = new Set([...published].filter((other) => other !== kid));
    },
    token: (claims, tokenOptions) => testToken(claims, signing().kid, signing().privateKey, tokenOptions),
    fetch: async (input) => {
      const url = String(input instanceof Request ? input.url : input);
      if (url === `${origin}${METADATA_PATH}`) return Response.json(issuerOfTokens.metadata());
      if (url === `${origin}${KEYS_PATH}`) return Response.json(issuerOfTokens.jwks());
      return new Response(null, { status: 404 });
    },
    keySets: (keySetsOptions) => createKeySets({ ...keySetsOptions, fetch: issuerOfTokens.fetch }),
    signer: (signerOptions) => createSampleSigner({ ...signerOptions, issuerKey: { kid: signing().kid, key: signing().privateJwk } }),
  };
  return issuerOfTokens;
}
