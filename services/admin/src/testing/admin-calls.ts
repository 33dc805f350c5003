import { afterEach, beforeEach } from 'vitest';
import { type AdminRig, adminTokens, RIG_NOW, startAdminRig, type TokenName } from './admin-rig.ts';

interface CallOptions {
  readonly body?: unknown;
  /** Whose token; null for a request without one. Default operator. */
  readonly as?: TokenName | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A rig for each test of the file, and requests to its routes of app installs. */
export function useAdminRig() {
  let current: AdminRig;
  const rig = (): AdminRig => current;
  beforeEach(async () => {
    current = await startAdminRig();
  });
  afterEach(() => current.stop());

  async function call(method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, options: CallOptions = {}) {
    const { body, as = 'operator', headers = {} } = options;
    const response = await rig().server.inject({
      method,
      url: `/v1/app-installs${path}`,
      headers: { ...(as === null ? {} : { authorization: `Bearer ${adminTokens[as]}` }), ...headers },
      ...(body === undefined ? {} : { payload: body as object }),
    });
    return { status: response.statusCode, headers: response.headers, body: response.body === '' ? undefined : response.json() };
  }
  return {
    rig,
    call,
    put: (id: string, body: unknown, options: Omit<CallOptions, 'body'> = {}) => call('PUT', `/${id}`, { body, ...options }),
  };
}

/** Entity tag of a version: every install of the rig is made at the same time. */
export const tagOf = (version: number) => `"${version}-${RIG_NOW.toString(36)}"`;
