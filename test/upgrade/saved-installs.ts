import { type AdminApi, applyInstall } from '../../packages/local-stack/src/stack/admin-api.ts';

/** The way of an install with header values or a query back to a release that cannot read them sealed, as docs/upgrading.md has it. */
export interface SavedInstalls {
  /** Takes the document with its secrets, and pauses the deliveries of the install. */
  save(id: string): Promise<void>;
  /** Applies every saved document and resumes the deliveries. */
  restore(): Promise<void>;
}

const TIMEOUT_MS = 15_000;

export function createSavedInstalls({ url, token }: AdminApi): SavedInstalls {
  const saved = new Map<string, object>();
  async function call(method: 'GET' | 'POST', path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    const response = await fetch(`${url}/v1/app-installs/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...headers },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) throw new Error(`${method} ${path}: the admin API responded with ${response.status}: ${await response.text()}`);
    return response;
  }
  /** Of the version that is there now. */
  async function change(id: string, action: 'pause' | 'resume'): Promise<void> {
    const present = await call('GET', id);
    await call('POST', `${id}/${action}`, { 'if-match': present.headers.get('etag') ?? '' });
  }
  return {
    async save(id) {
      const response = await call('GET', `${id}?secrets=show`);
      const { document } = (await response.json()) as { readonly document: object };
      saved.set(id, document);
      await change(id, 'pause');
    },
    async restore() {
      for (const [id, document] of saved) {
        await applyInstall({ url, token }, id, document);
        await change(id, 'resume');
      }
      saved.clear();
    },
  };
}
