import { type JsonObject, listAt, textAt } from '../body/json.ts';
import { parseJsonObject } from '../body/parse-json.ts';
import type { IssuerKey } from '../key-sets.ts';
import { admitKeys } from './admit-keys.ts';
import { isFetchableUrl, isKeysUrlOf } from './issuer-urls.ts';
import type { FetchFailure, KeySetsOptions, RefusedKey } from './options.ts';

export interface FetchedSet {
  readonly keys: ReadonlyMap<string, IssuerKey>;
  readonly refusedKeys: readonly RefusedKey[];
}

/** A key set could not be fetched; `reason` is from a closed list. */
export class KeySetError extends Error {
  readonly reason: FetchFailure;

  /** `got` says what broke the rule, and is never a URL: that may have a password. */
  constructor(reason: FetchFailure, got?: string | number, options?: ErrorOptions) {
    super(`Key set must be fetched: ${reason}${got === undefined ? '' : ` (got ${got})`}`, options);
    this.name = 'KeySetError';
    this.reason = reason;
  }
}

type FetchOptions = Required<Pick<KeySetsOptions, 'fetch' | 'timeoutMs' | 'maxBytes' | 'allowLoopbackHttp'>> & {
  readonly signal: AbortSignal;
};

/** Metadata, then the keys it points to, within one deadline. Throws only KeySetError. */
export async function fetchKeySet(metadataUrl: string, options: FetchOptions): Promise<FetchedSet> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), options.timeoutMs);
  const signal = AbortSignal.any([deadline.signal, options.signal]);
  try {
    if (!isFetchableUrl(metadataUrl, options.allowLoopbackHttp)) throw new KeySetError('metadata', 'no https URL');
    const metadata = await fetchDocument(metadataUrl, options, signal);
    const keysUrl = textAt(metadata, 'jwks_uri');
    if (keysUrl === undefined) throw new KeySetError('metadata', 'no jwks_uri');
    if (!isKeysUrlOf(keysUrl, metadataUrl, options.allowLoopbackHttp)) throw new KeySetError('jwks-uri', 'a private or insecure address');
    const admitted = await admitKeys(listAt(await fetchDocument(keysUrl, options, signal), 'keys'));
    if (admitted.keys.size === 0) throw new KeySetError('no-keys');
    return admitted;
  } catch (error) {
    if (error instanceof KeySetError) throw error;
    throw new KeySetError(deadline.signal.aborted ? 'timeout' : 'network', undefined, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

async function fetchDocument(url: string, options: FetchOptions, signal: AbortSignal): Promise<JsonObject> {
  // An issuer that redirects is not the one that was configured.
  const response = await options.fetch(url, { signal, redirect: 'manual', headers: { accept: 'application/json' } });
  try {
    if (response.status !== 200) throw new KeySetError('status', response.status);
    const document = parseJsonObject(await readBody(response, options.maxBytes));
    if (!document.ok) throw new KeySetError('json');
    return document.value;
  } finally {
    if (!response.bodyUsed) await response.body?.cancel();
  }
}

async function readBody(response: Response, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) throw new KeySetError('size', `more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
