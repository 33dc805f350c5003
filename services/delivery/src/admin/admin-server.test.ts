import { randomBytes } from 'node:crypto';
import { readSigningSecret } from '@switchboard/app-installs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AdminRig, adminTokens, exampleDocument as document, RIG_NOW, startAdminRig, type TokenName } from '../testing/admin-rig.ts';
import { createDisableGone } from './disable-gone.ts';

const CONTENT = 'ms.MessagingEventNotification.ContentEvent';

let rig: AdminRig;
beforeEach(async () => {
  rig = await startAdminRig();
});
afterEach(() => rig.stop());

async function call(
  method: 'GET' | 'PUT' | 'POST' | 'DELETE',
  path: string,
  options: { body?: unknown; as?: TokenName | null; headers?: Record<string, string> } = {},
) {
  const { body, as = 'operator', headers = {} } = options;
  const response = await rig.server.inject({
    method,
    url: `/v1/app-installs${path}`,
    headers: { ...(as === null ? {} : { authorization: `Bearer ${adminTokens[as]}` }), ...headers },
    ...(body === undefined ? {} : { payload: body as object }),
  });
  return { status: response.statusCode, headers: response.headers, body: response.body === '' ? undefined : response.json() };
}

/** Entity tag of a version: every install of these tests is made at the same time. */
const tag = (version: number) => `"${version}-${RIG_NOW.toString(36)}"`;

const put = (id: string, body: unknown, options: { as?: TokenName; headers?: Record<string, string> } = {}) =>
  call('PUT', `/${id}`, { body, ...options });

describe('writing an install', () => {
  it('creates it with version 1 and shows the generated secret this once', async () => {
    const created = await put('a', document());
    expect(created).toMatchObject({
      status: 201,
      headers: { etag: tag(1) },
      body: { id: 'a', version: 1, paused: false, document: document() },
    });
    expect(readSigningSecret(created.body.signing_secret)).toHaveLength(32);
    const read = await call('GET', '/a');
    expect(read.status).toBe(200);
    expect(read.headers.etag).toBe(tag(1));
    expect(JSON.stringify(read.body)).not.toContain('whsec_');
    expect(rig.changes).toEqual(['ops apply a 1']);
  });

  it('never shows a secret that was given', async () => {
    const secret = `whsec_${randomBytes(32).toString('base64')}`;
    const created = await put('a', document({ signing_secret: secret }));
    expect(created.status).toBe(201);
    expect(JSON.stringify(created.body)).not.toContain(secret);
    expect(JSON.stringify((await call('GET', '')).body)).not.toContain(secret);
  });

  it('updates it only with the version that the change is based on', async () => {
    await put('a', document());
    expect(await put('a', document({ client_name: 'B' }))).toMatchObject({ status: 428, body: { code: 'ERR_ADMIN_VERSION_REQUIRED' } });
    expect(await put('a', document({ client_name: 'B' }), { headers: { 'if-match': tag(2) } })).toMatchObject({
      status: 412,
      body: { code: 'ERR_ADMIN_VERSION_MISMATCH' },
    });
    expect(await put('a', document({ client_name: 'B' }), { headers: { 'if-match': tag(1) } })).toMatchObject({
      status: 200,
      headers: { etag: tag(2) },
      body: { version: 2 },
    });
    expect((await call('GET', '/a')).body.document.client_name).toBe('B');
  });

  it('lets one of several simultaneous updates through', async () => {
    await put('a', document());
    const answers = await Promise.all(
      Array.from({ length: 5 }, (_, n) => put('a', document({ client_name: `n${n}` }), { headers: { 'if-match': tag(1) } })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412, 412, 412, 412]);
    expect((await call('GET', '/a')).body.version).toBe(2);
  });

  it('creates with If-None-Match only what does not exist, and updates nothing that does not', async () => {
    expect((await put('a', document(), { headers: { 'if-none-match': '*' } })).status).toBe(201);
    expect((await put('a', document(), { headers: { 'if-none-match': '*' } })).status).toBe(412);
    expect((await put('b', document(), { headers: { 'if-match': tag(1) } })).status).toBe(412);
  });

  it('refuses a document with a problem document that names every member', async () => {
    const answer = await put('a', {
      capabilities: { webhooks: { [CONTENT]: { endpoint: 'http://hooks.example/', max_retries: 7 }, 'no.Type': {} } },
    });
    expect(answer).toMatchObject({ status: 422, headers: { 'content-type': expect.stringContaining('application/problem+json') } });
    expect(answer.body).toMatchObject({
      type: 'urn:switchboard:problem:ERR_ADMIN_INVALID_DOCUMENT',
      status: 422,
      title: expect.any(String),
    });
    expect(answer.body.problems.map(({ member }: { member: string }) => member)).toEqual([
      'client_name',
      `capabilities.webhooks["${CONTENT}"].endpoint`,
      `capabilities.webhooks["${CONTENT}"].max_retries`,
      'capabilities.webhooks["no.Type"]',
    ]);
    expect((await call('GET', '/a')).status).toBe(404);
  });

  it.each(['https://127.0.0.1/', 'https://2130706433/', 'https://[::1]/', 'https://169.254.169.254/latest', 'https://[::ffff:10.0.0.1]/'])(
    'refuses the literal address of %s and names the member',
    async (endpoint) => {
      const answer = await put('a', { client_name: 'a', capabilities: { webhooks: { [CONTENT]: { endpoint } } } });
      expect(answer).toMatchObject({
        status: 422,
        body: { problems: [{ code: 'ERR_INSTALL_ADDRESS', member: `capabilities.webhooks["${CONTENT}"].endpoint` }] },
      });
    },
  );

  it.each(['..', 'a:b', '-a', 'a%2Fb', 'x'.repeat(129)])('refuses the id %s', async (id) => {
    expect([400, 404]).toContain((await put(id, document())).status);
    expect((await call('GET', '')).body.app_installs).toEqual([]);
  });

  it('takes an id of 128 characters', async () => {
    expect((await put('x'.repeat(128), document())).status).toBe(201);
  });

  it('answers 400 to what is no JSON, and to a body that is nested too deeply for its kind', async () => {
    const response = await rig.server.inject({
      method: 'PUT',
      url: '/v1/app-installs/a',
      headers: { authorization: `Bearer ${adminTokens.operator}`, 'content-type': 'application/json' },
      payload: '{"client_name":',
    });
    expect(response.statusCode).toBe(400);
    expect(response.json()).toMatchObject({ code: 'ERR_ADMIN_BAD_REQUEST' });
    const deep = `{"client_name":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
    const nested = await rig.server.inject({
      method: 'PUT',
      url: '/v1/app-installs/a',
      headers: { authorization: `Bearer ${adminTokens.operator}`, 'content-type': 'application/json' },
      payload: deep,
    });
    expect(nested.statusCode).toBe(422);
  });

  it('decides again when another process wrote meanwhile', async () => {
    rig.failures.push('ERR_LOG_FENCED', 'ERR_LOG_FENCED');
    expect((await put('a', document())).status).toBe(201);
  });

  it.each([
    ['ERR_LOG_UNAVAILABLE', 'ERR_ADMIN_UNAVAILABLE'],
    ['ERR_LOG_OUTCOME_UNKNOWN', 'ERR_ADMIN_OUTCOME_UNKNOWN'],
  ] as const)('answers 503 with Retry-After when the log says %s', async (failure, code) => {
    rig.failures.push(failure);
    expect(await put('a', document())).toMatchObject({ status: 503, headers: { 'retry-after': '5' }, body: { code } });
  });
});

describe('pausing, rotating, removing', () => {
  it('pauses and goes on without touching the document', async () => {
    await put('a', document());
    expect(await call('POST', '/a/pause', { headers: { 'if-match': '*' } })).toMatchObject({
      status: 200,
      body: { paused: true, version: 2, document: document() },
    });
    expect(await call('POST', '/a/pause', { headers: { 'if-match': tag(2) } })).toMatchObject({
      status: 200,
      body: { paused: true, version: 2 },
    });
    expect(await call('POST', '/a/resume', { headers: { 'if-match': tag(2) } })).toMatchObject({
      status: 200,
      body: { paused: false, version: 3 },
    });
  });

  it('keeps an install paused over a later document', async () => {
    await put('a', document());
    await call('POST', '/a/pause', { headers: { 'if-match': '*' } });
    expect((await put('a', document({ client_name: 'B' }), { headers: { 'if-match': '*' } })).body.paused).toBe(true);
  });

  it('rotates the secret and shows the new one once, with the end of the old one', async () => {
    await put('a', document());
    const rotated = await call('POST', '/a/secrets/rotate', { body: { overlap_seconds: 60 }, headers: { 'if-match': tag(1) } });
    expect(rotated).toMatchObject({
      status: 200,
      body: { signing_secrets: [{ not_after: null }, { not_after: '2026-01-01T00:01:00.000Z' }] },
    });
    expect(readSigningSecret(rotated.body.signing_secret)).toHaveLength(32);
  });

  it('takes a secret to rotate to, and refuses what is none without repeating it', async () => {
    await put('a', document());
    const secret = `whsec_${randomBytes(24).toString('base64')}`;
    const rotated = await call('POST', '/a/secrets/rotate', { body: { signing_secret: secret }, headers: { 'if-match': '*' } });
    expect(rotated.status).toBe(200);
    expect(rotated.body).not.toHaveProperty('signing_secret');
    const refused = await call('POST', '/a/secrets/rotate', { body: { signing_secret: 'whsec_tooshort' }, headers: { 'if-match': '*' } });
    expect(refused.status).toBe(400);
    expect(JSON.stringify(refused.body)).not.toContain('tooshort');
  });

  it('removes with the version and answers 404 afterwards; a new one begins with a new secret', async () => {
    const first = await put('a', document());
    expect((await call('DELETE', '/a')).status).toBe(428);
    expect((await call('DELETE', '/a', { headers: { 'if-match': tag(9) } })).status).toBe(412);
    expect((await call('DELETE', '/a', { headers: { 'if-match': tag(1) } })).status).toBe(204);
    await expect.poll(async () => (await call('GET', '/a')).status).toBe(404);
    expect((await call('DELETE', '/a', { headers: { 'if-match': '*' } })).status).toBe(404);
    const again = await put('a', document());
    expect(again.status).toBe(201);
    expect(again.body.signing_secret).not.toBe(first.body.signing_secret);
  });

  it('takes requests without a body that name a content type all the same', async () => {
    await put('a', document());
    const headers = { 'if-match': '*', 'content-type': 'application/json' };
    expect((await call('POST', '/a/pause', { headers })).status).toBe(200);
    expect((await call('POST', '/a/secrets/rotate', { headers })).status).toBe(200);
    expect((await call('DELETE', '/a', { headers })).status).toBe(204);
    expect((await call('PUT', '/a', { headers })).status).toBe(422);
  });

  it('answers 404 to changes of what does not exist', async () => {
    for (const action of ['pause', 'resume', 'secrets/rotate']) expect((await call('POST', `/none/${action}`)).status).toBe(404);
  });

  it('disables a webhook that answered 410 once, if it still has that endpoint', async () => {
    await put('a', document());
    const disabled: string[] = [];
    const disable = createDisableGone({ store: rig.store, now: () => 1, onDisabled: (id) => disabled.push(id), onFailed: () => {} });
    disable('a', CONTENT, 'https://moved.example/');
    disable('a', CONTENT, 'https://hooks.example/in');
    disable('a', CONTENT, 'https://hooks.example/in');
    await expect.poll(async () => (await call('GET', '/a')).body.disabled_webhooks).toEqual([CONTENT]);
    expect(disabled).toEqual(['a']);
    expect((await call('GET', '/a')).body.version).toBe(2);
  });
});

describe('who may do what', () => {
  const filtered = document({ filter: { tenants: ['t1'] } });

  it.each(['Bearer wrong', 'Basic b3Bz', 'Bearer', '', 'Bearer operator-token extra'])(
    'answers 401 to %j on every path',
    async (authorization) => {
      for (const url of ['/v1/app-installs', '/v1/app-installs/a', '/elsewhere']) {
        const response = await rig.server.inject({ method: 'GET', url, headers: authorization === '' ? {} : { authorization } });
        expect(response.statusCode).toBe(401);
        expect(response.headers['www-authenticate']).toBe('Bearer');
        expect(response.json()).toMatchObject({ code: 'ERR_ADMIN_UNAUTHENTICATED' });
      }
    },
  );

  it('only an operator may write an install without a filter', async () => {
    expect(await put('a', document(), { as: 'editor' })).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining('filter') },
    });
    expect((await put('a', filtered, { as: 'editor' })).status).toBe(201);
    expect((await put('a', document(), { as: 'editor', headers: { 'if-match': '*' } })).status).toBe(403);
    expect((await put('b', document())).status).toBe(201);
    expect((await put('b', filtered, { as: 'editor', headers: { 'if-match': '*' } })).status).toBe(403);
  });

  it('only an operator sees the values of header fields: they may be secret', async () => {
    const headers = [{ header_name: 'X-Api-Key', header_value: 'hunter2' }];
    const webhooks = { [CONTENT]: { endpoint: 'https://hooks.example/in', headers } };
    const body = document({ capabilities: { webhooks }, filter: { tenants: ['t1'] } });
    expect((await put('a', body)).body.document).toEqual(body);
    expect((await call('GET', '/a')).body.document).toEqual(body);
    for (const as of ['reader', 'editor'] as const) {
      const [one, all] = [await call('GET', '/a', { as }), await call('GET', '', { as })];
      expect(JSON.stringify([one.body, all.body])).not.toContain('hunter2');
      expect(one.body.document.capabilities.webhooks[CONTENT].headers).toEqual([{ header_name: 'X-Api-Key', header_value: null }]);
      expect(all.body.app_installs[0].document).toEqual(one.body.document);
    }
    const shown = (await call('GET', '/a', { as: 'editor' })).body.document;
    const returned = await put('a', shown, { as: 'editor', headers: { 'if-match': '*' } });
    expect(returned.status).toBe(422);
    expect(JSON.stringify(returned.body)).toContain('header_value');
    const changed = await put('a', body, { as: 'editor', headers: { 'if-match': '*' } });
    expect([changed.status, JSON.stringify(changed.body).includes('hunter2')]).toEqual([200, false]);
  });

  it('a reader reads and changes nothing', async () => {
    await put('a', filtered);
    expect((await call('GET', '/a', { as: 'reader' })).status).toBe(200);
    const tries = [
      await put('a', filtered, { as: 'reader', headers: { 'if-match': '*' } }),
      await call('DELETE', '/a', { as: 'reader', headers: { 'if-match': '*' } }),
      await call('POST', '/a/pause', { as: 'reader', headers: { 'if-match': '*' } }),
      await call('POST', '/a/secrets/rotate', { as: 'reader', headers: { 'if-match': '*' } }),
    ];
    expect(tries.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
    expect((await call('GET', '/a')).body.version).toBe(1);
  });

  it('an editor may not pause', async () => {
    await put('a', filtered);
    expect((await call('POST', '/a/pause', { as: 'editor', headers: { 'if-match': '*' } })).status).toBe(403);
  });

  it('a token that is confined to tenants sees and writes only their installs', async () => {
    await put('all', document());
    await put('other', document({ filter: { tenants: ['t3'] } }));
    expect((await put('mine', document({ filter: { tenants: ['t1', 't2'] } }), { as: 'confined' })).status).toBe(201);
    expect((await put('wide', document({ filter: { tenants: ['t1', 't3'] } }), { as: 'confined' })).status).toBe(403);
    expect((await put('apps', document({ filter: { apps: ['bot'] } }), { as: 'confined' })).status).toBe(403);
    expect((await call('GET', '', { as: 'confined' })).body.app_installs.map(({ id }: { id: string }) => id)).toEqual(['mine']);
    for (const id of ['all', 'other']) {
      expect((await call('GET', `/${id}`, { as: 'confined' })).status).toBe(404);
      expect((await put(id, document({ filter: { tenants: ['t1'] } }), { as: 'confined', headers: { 'if-match': '*' } })).status).toBe(412);
      expect((await call('DELETE', `/${id}`, { as: 'confined', headers: { 'if-match': '*' } })).status).toBe(404);
      expect((await call('POST', `/${id}/secrets/rotate`, { as: 'confined', headers: { 'if-match': '*' } })).status).toBe(404);
    }
  });
});
