import { randomBytes } from 'node:crypto';
import { readSigningSecret } from '@switchboard/app-installs';
import { describe, expect, it } from 'vitest';
import { tagOf, useAdminRig } from '../testing/admin-calls.ts';
import { exampleDocument as document } from '../testing/admin-rig.ts';

const { call, put } = useAdminRig();

describe('pausing, rotating, removing', () => {
  it('pauses and resumes without a change of the document', async () => {
    await put('a', document());
    expect(await call('POST', '/a/pause', { headers: { 'if-match': '*' } })).toMatchObject({
      status: 200,
      body: { paused: true, version: 2, document: document() },
    });
    expect(await call('POST', '/a/pause', { headers: { 'if-match': tagOf(2) } })).toMatchObject({
      status: 200,
      body: { paused: true, version: 2 },
    });
    expect(await call('POST', '/a/resume', { headers: { 'if-match': tagOf(2) } })).toMatchObject({
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
    const rotated = await call('POST', '/a/secrets/rotate', { body: { overlap_seconds: 60 }, headers: { 'if-match': tagOf(1) } });
    expect(rotated).toMatchObject({
      status: 200,
      body: { signing_secrets: [{ not_after: null }, { not_after: '2026-01-01T00:01:00.000Z' }] },
    });
    expect(readSigningSecret(rotated.body.signing_secret)).toHaveLength(32);
  });

  it('rotates to a given secret, and refuses a malformed one without showing it', async () => {
    await put('a', document());
    const secret = `whsec_${randomBytes(24).toString('base64')}`;
    const rotated = await call('POST', '/a/secrets/rotate', { body: { signing_secret: secret }, headers: { 'if-match': '*' } });
    expect(rotated.status).toBe(200);
    expect(rotated.body).not.toHaveProperty('signing_secret');
    const refused = await call('POST', '/a/secrets/rotate', { body: { signing_secret: 'whsec_tooshort' }, headers: { 'if-match': '*' } });
    expect(refused.status).toBe(400);
    expect(JSON.stringify(refused.body)).not.toContain('tooshort');
  });

  it('removes with the version and responds with 404 afterwards; an install created again has a new secret', async () => {
    const first = await put('a', document());
    expect((await call('DELETE', '/a')).status).toBe(428);
    expect((await call('DELETE', '/a', { headers: { 'if-match': tagOf(9) } })).status).toBe(412);
    expect((await call('DELETE', '/a', { headers: { 'if-match': tagOf(1) } })).status).toBe(204);
    await expect.poll(async () => (await call('GET', '/a')).status).toBe(404);
    expect((await call('DELETE', '/a', { headers: { 'if-match': '*' } })).status).toBe(404);
    const again = await put('a', document());
    expect(again.status).toBe(201);
    expect(again.body.signing_secret).not.toBe(first.body.signing_secret);
  });

  it('accepts requests that have a content type and no body', async () => {
    await put('a', document());
    const headers = { 'if-match': '*', 'content-type': 'application/json' };
    expect((await call('POST', '/a/pause', { headers })).status).toBe(200);
    expect((await call('POST', '/a/secrets/rotate', { headers })).status).toBe(200);
    expect((await call('DELETE', '/a', { headers })).status).toBe(204);
    expect((await call('PUT', '/a', { headers })).status).toBe(422);
  });

  it('responds with 404 to changes of an install that does not exist', async () => {
    for (const action of ['pause', 'resume', 'secrets/rotate']) expect((await call('POST', `/none/${action}`)).status).toBe(404);
  });
});
