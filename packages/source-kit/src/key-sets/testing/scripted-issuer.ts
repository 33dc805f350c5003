import { generateKeyPairSync, type JsonWebKey } from 'node:crypto';

export interface PublicKey {
  readonly kid: string;
  readonly jwk: JsonWebKey;
}

/** One fetch of the metadata and the keys. */
export interface FetchRecord {
  /** When it began. */
  readonly at: number;
  /** Key ids that it delivered. */
  readonly kids: readonly string[];
  readonly ok: boolean;
}

export interface IssuerScript {
  /** Milliseconds, as the schedule counts them. */
  readonly now: () => number;
  readonly keysAt: (at: number) => readonly PublicKey[];
  /** How long the n-th fetch takes. */
  readonly latencyOf: (fetchIndex: number) => number;
  readonly isDown: (at: number) => boolean;
}

export function publicKeys(count: number): readonly PublicKey[] {
  return Array.from({ length: count }, (_, index) => {
    const kid = `key-${index}`;
    const jwk = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });
    return { kid, jwk: { ...jwk, kid } };
  });
}

/** An issuer whose key set is as old as the beginning of the fetch, however long the response takes. */
export function createScriptedIssuer(script: IssuerScript) {
  const origin = 'https://issuer.example';
  const metadataUrl = `${origin}/metadata`;
  const fetches: FetchRecord[] = [];
  let snapshot: readonly PublicKey[] = [];
  const issuerFetch: typeof fetch = async (input, init) => {
    if (String(input) === metadataUrl) {
      const at = script.now();
      snapshot = script.keysAt(at);
      const ok = !script.isDown(at);
      fetches.push({ at, kids: snapshot.map(({ kid }) => kid), ok });
      if (!ok) throw new TypeError('fetch failed');
      return Response.json({ issuer: origin, jwks_uri: `${origin}/keys` });
    }
    const keys = snapshot.map(({ jwk }) => jwk);
    const latencyMs = script.latencyOf(fetches.length - 1);
    if (latencyMs > 0) await waited(latencyMs, init?.signal);
    return Response.json({ keys });
  };
  return { metadataUrl, fetches, fetch: issuerFetch };
}

function waited(ms: number, signal?: AbortSignal | null): Promise<void> {
  return new Promise((resolve, reject) => {
    setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => reject(signal.reason as Error));
  });
}
