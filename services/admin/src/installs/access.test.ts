import { describe, expect, it } from 'vitest';
import { useAdminRig } from '../testing/admin-calls.ts';
import { exampleDocument as document } from '../testing/admin-rig.ts';

const CONTENT = 'ms.MessagingEventNotification.ContentEvent';

const { call, put, rig } = useAdminRig();

describe('the role of a token', () => {
  const filtered = document({ filter: { tenants: ['t1'] } });

  it.each(['Bearer wrong', 'Basic b3Bz', 'Bearer', '', 'Bearer operator-token extra'])(
    'responds with 401 to %j on every path',
    async (authorization) => {
      for (const url of ['/v1/app-installs', '/v1/app-installs/a', '/elsewhere']) {
        const response = await rig().server.inject({ method: 'GET', url, headers: authorization === '' ? {} : { authorization } });
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

  it('no response has the values of headers, and a document with null in their place is refused', async () => {
    const headers = [{ header_name: 'X-Api-Key', header_value: 'hunter2' }];
    const webhooks = { [CONTENT]: { endpoint: 'https://hooks.example/in', headers } };
    const body = document({ capabilities: { webhooks }, filter: { tenants: ['t1'] } });
    expect(JSON.stringify((await put('a', body)).body)).not.toContain('hunter2');
    for (const as of ['reader', 'editor', 'operator'] as const) {
      const [one, all] = [await call('GET', '/a', { as }), await call('GET', '', { as })];
      expect(JSON.stringify([one.body, all.body])).not.toContain('hunter2');
      expect(one.body.document.capabilities.webhooks[CONTENT].headers).toEqual([{ header_name: 'X-Api-Key', header_value: null }]);
      expect(all.body.app_installs[0].document).toEqual(one.body.document);
    }
    const shown = (await call('GET', '/a', { as: 'editor' })).body.document;
    const returned = await put('a', shown, { as: 'editor', headers: { 'if-match': '*' } });
    expect(returned.status).toBe(422);
    expect(JSON.stringify(returned.body)).toContain('header_value must be a string of up to 2048 printable ASCII characters; a null of');
    const changed = await put('a', body, { as: 'editor', headers: { 'if-match': '*' } });
    expect([changed.status, JSON.stringify(changed.body).includes('hunter2')]).toEqual([200, false]);
  });

  it('a reader reads, and every change gets 403', async () => {
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

  it('an editor gets 403 for a pause', async () => {
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
