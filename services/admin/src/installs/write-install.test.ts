import { randomBytes } from 'node:crypto';
import { readSigningSecret } from '@switchboard/app-installs';
import { describe, expect, it } from 'vitest';
import { tagOf, useAdminRig } from '../testing/admin-calls.ts';
import { adminTokens, exampleDocument as document } from '../testing/admin-rig.ts';

const CONTENT = 'ms.MessagingEventNotification.ContentEvent';

const { call, put, rig } = useAdminRig();

describe('writing an install', () => {
  it('creates it with version 1 and shows the generated secret this once', async () => {
    const created = await put('a', document());
    expect(created).toMatchObject({
      status: 201,
      headers: { etag: tagOf(1) },
      body: { id: 'a', version: 1, paused: false, document: document() },
    });
    expect(readSigningSecret(created.body.signing_secret)).toHaveLength(32);
    const read = await call('GET', '/a');
    expect(read.status).toBe(200);
    expect(read.headers.etag).toBe(tagOf(1));
    expect(JSON.stringify(read.body)).not.toContain('whsec_');
    expect(rig().changes).toEqual(['ops apply a 1']);
  });

  it('stores and shows members that mean nothing here, and names them', async () => {
    const sent = document({ description: 'Help desk', client_id: 'a2f81', client_secret: 'hunter2' });
    const created = await put('a', sent);
    expect(created).toMatchObject({ status: 201, body: { ignored: ['description', 'client_id', 'client_secret'] } });
    const read = await call('GET', '/a');
    expect(read.body.document).toEqual({ ...sent, client_secret: '' });
    expect(read.body.ignored).toEqual(created.body.ignored);
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
    expect(await put('a', document({ client_name: 'B' }), { headers: { 'if-match': tagOf(2) } })).toMatchObject({
      status: 412,
      body: { code: 'ERR_ADMIN_VERSION_MISMATCH' },
    });
    expect(await put('a', document({ client_name: 'B' }), { headers: { 'if-match': tagOf(1) } })).toMatchObject({
      status: 200,
      headers: { etag: tagOf(2) },
      body: { version: 2 },
    });
    expect((await call('GET', '/a')).body.document.client_name).toBe('B');
  });

  it('lets one of several simultaneous updates through', async () => {
    await put('a', document());
    const answers = await Promise.all(
      Array.from({ length: 5 }, (_, n) => put('a', document({ client_name: `n${n}` }), { headers: { 'if-match': tagOf(1) } })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412, 412, 412, 412]);
    expect((await call('GET', '/a')).body.version).toBe(2);
  });

  it('creates with If-None-Match only an id that is free, and gets 412 for an update of a free id', async () => {
    expect((await put('a', document(), { headers: { 'if-none-match': '*' } })).status).toBe(201);
    expect((await put('a', document(), { headers: { 'if-none-match': '*' } })).status).toBe(412);
    expect((await put('b', document(), { headers: { 'if-match': tagOf(1) } })).status).toBe(412);
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
      'capabilities.webhooks["no.Type"]',
      `capabilities.webhooks["${CONTENT}"].endpoint`,
      `capabilities.webhooks["${CONTENT}"].max_retries`,
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

  it('accepts an id of 128 characters', async () => {
    expect((await put('x'.repeat(128), document())).status).toBe(201);
  });

  it('responds with 400 to a body that is not JSON, and with 422 to one nested 50,000 levels deep', async () => {
    const response = await rig().server.inject({
      method: 'PUT',
      url: '/v1/app-installs/a',
      headers: { authorization: `Bearer ${adminTokens.operator}`, 'content-type': 'application/json' },
      payload: '{"client_name":',
    });
    expect(response.statusCode).toBe(400);
    expect(response.json()).toMatchObject({ code: 'ERR_ADMIN_BAD_REQUEST' });
    const deep = `{"client_name":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
    const nested = await rig().server.inject({
      method: 'PUT',
      url: '/v1/app-installs/a',
      headers: { authorization: `Bearer ${adminTokens.operator}`, 'content-type': 'application/json' },
      payload: deep,
    });
    expect(nested.statusCode).toBe(422);
  });

  it('decides again on the newest state when another process fenced its transaction', async () => {
    rig().failures.push('ERR_LOG_FENCED', 'ERR_LOG_FENCED');
    expect((await put('a', document())).status).toBe(201);
  });

  it.each([
    ['ERR_LOG_UNAVAILABLE', 'ERR_ADMIN_UNAVAILABLE'],
    ['ERR_LOG_OUTCOME_UNKNOWN', 'ERR_ADMIN_OUTCOME_UNKNOWN'],
  ] as const)('responds with 503 and Retry-After when the writer fails with %s', async (failure, code) => {
    rig().failures.push(failure);
    expect(await put('a', document())).toMatchObject({ status: 503, headers: { 'retry-after': '5' }, body: { code } });
  });
});
