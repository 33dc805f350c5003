import { CodecError } from './errors.ts';

export interface RegistryOptions {
  /** Base URL of the Confluent-compatible API, for example http://127.0.0.1:18085/apis/ccompat/v7. */
  readonly registryUrl: string;
  readonly auth?: { readonly username: string; readonly password: string };
  /** How long a call may take, retries included, milliseconds. Default 2,000; 10,000 where schemas are registered. */
  readonly timeoutMs?: number;
}

/** A registry that has just started is slow with its first schemas, and only the operator who set it up waits. */
export const REGISTER_TIMEOUT_MS = 10_000;

/** The part of the registry's API that its client library does not have. */
export interface RegistryApi {
  /** Rejects with ERR_CODEC_REGISTRY_UNAVAILABLE when there is no response in time, or one that says that the registry is at fault. */
  call(method: 'GET' | 'PUT' | 'POST', path: string, body?: object): Promise<RegistryResponse>;
}

export interface RegistryResponse {
  readonly status: number;
  readonly text: string;
}

const SERVER_ERROR = 500;

export function createRegistryApi({ registryUrl, auth, timeoutMs = REGISTER_TIMEOUT_MS }: RegistryOptions): RegistryApi {
  const headers: Record<string, string> = { 'content-type': 'application/vnd.schemaregistry.v1+json' };
  if (auth !== undefined) headers.authorization = `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`;
  return {
    async call(method, path, body) {
      const unavailable = (reason: string, cause?: unknown): CodecError =>
        new CodecError('ERR_CODEC_REGISTRY_UNAVAILABLE', `${method} ${path}: ${reason}`, { cause });
      let response: RegistryResponse;
      try {
        const found = await fetch(`${registryUrl}${path}`, {
          method,
          headers,
          signal: AbortSignal.timeout(timeoutMs),
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        response = { status: found.status, text: await found.text() };
      } catch (cause) {
        throw unavailable(cause instanceof Error ? cause.message : String(cause), cause);
      }
      if (response.status >= SERVER_ERROR) throw unavailable(`${response.status} ${response.text.slice(0, 200)}`);
      return response;
    },
  };
}

export type Compatibility = 'FULL_TRANSITIVE' | 'BACKWARD';

/**
 * Makes it the subject's own rule where that is another one. A subject without its own rule keeps to that of the
 * registry; many registries refuse one for a subject without a schema.
 */
export async function requireCompatibility(api: RegistryApi, subject: string, compatibility: Compatibility): Promise<void> {
  const path = `/config/${encodeURIComponent(subject)}`;
  const current = await api.call('GET', path);
  if (current.status === 200 && !current.text.includes(`"${compatibility}"`)) await api.call('PUT', path, { compatibility });
}
