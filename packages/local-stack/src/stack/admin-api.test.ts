import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { applyInstall } from './admin-api.ts';

type Answer = { readonly status: number; readonly etag?: string; readonly body?: object };

/** An admin API that gives these answers, one after the other. */
async function adminApi(...answers: Answer[]) {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    const { status, etag, body } = answers[requests.length] ?? { status: 500 };
    requests.push(request);
    response.writeHead(status, etag === undefined ? {} : { etag }).end(JSON.stringify(body ?? {}));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { requests, api: { url: `http://127.0.0.1:${port}`, token: 'secret' } };
}

describe('applying an install', () => {
  it('creates one that is not there, and gives the secret that is shown once', async () => {
    const { api, requests } = await adminApi({ status: 404 }, { status: 201, body: { version: 1, signing_secret: 'whsec_x' } });
    expect(await applyInstall(api, 'a/b', {})).toEqual({ version: 1, signingSecret: 'whsec_x' });
    expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual(['GET /v1/app-installs/a%2Fb', 'PUT /v1/app-installs/a%2Fb']);
    expect(requests[1]?.headers).toMatchObject({ authorization: 'Bearer secret', 'if-none-match': '*' });
  });

  it('replaces the version that is there', async () => {
    const { api, requests } = await adminApi({ status: 200, etag: '"7"' }, { status: 200, body: { version: 8 } });
    expect(await applyInstall(api, 'a', {})).toEqual({ version: 8, signingSecret: undefined });
    expect(requests[1]?.headers['if-match']).toBe('"7"');
  });

  it('says what the API said when it refuses', async () => {
    const { api } = await adminApi({ status: 404 }, { status: 422, body: { detail: 'endpoint must be https' } });
    const applying = applyInstall(api, 'a', {});
    await expect(applying).rejects.toMatchObject({ code: 'ERR_STACK_REFUSED' });
    await expect(applying).rejects.toThrow('422 {"detail":"endpoint must be https"}');
  });
});
