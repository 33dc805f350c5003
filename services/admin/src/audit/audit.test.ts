import { stateHash } from '@switchboard/app-installs';
import { exampleInstall, exampleWebhook } from '@switchboard/app-installs/testing';
import { expect, it } from 'vitest';
import { tagOf, useAdminRig } from '../testing/admin-calls.ts';
import { AUDIT_WINDOW, adminTokens, exampleDocument, type TokenName } from '../testing/admin-rig.ts';

const { rig, put, call } = useAdminRig();

async function audit(query = '', as: TokenName = 'operator') {
  const headers = { authorization: `Bearer ${adminTokens[as]}` };
  const response = await rig().server.inject({ url: `/v1/audit${query}`, headers });
  return { status: response.statusCode, body: response.json() };
}

type Shown = { action: string; target_id: string; actor: string };
const actions = (body: { audit_records: Shown[] }) => body.audit_records.map(({ action, target_id: id }) => `${action} ${id}`);

it('records each accepted change with its caller, request and hashes, and no refused or repeated one', async () => {
  await put('a', exampleDocument());
  await call('POST', '/a/pause', { headers: { 'if-match': tagOf(1) } });
  await call('POST', '/a/pause', { headers: { 'if-match': tagOf(2) } });
  await call('POST', '/a/secrets/rotate', { headers: { 'if-match': tagOf(1) } });
  await call('DELETE', '/a', { as: 'editor', headers: { 'if-match': tagOf(2) } });
  await call('DELETE', '/a', { headers: { 'if-match': tagOf(2) } });
  await expect.poll(async () => actions((await audit()).body).length).toBe(3);
  const { body } = await audit();
  expect(new Set(actions(body))).toEqual(new Set(['install.apply a', 'install.pause a', 'install.remove a']));
  const of = (action: string) => body.audit_records.find((record: Shown) => record.action === action);
  const shared = { actor: 'ops', role: 'operator', target_kind: 'install', outcome: 'done', code: null, request_id: expect.any(String) };
  const hash = expect.stringMatching(/^[0-9a-f]{64}$/);
  expect(of('install.apply')).toMatchObject({ ...shared, hash_before: null, hash_after: hash });
  expect(of('install.pause')).toMatchObject({ ...shared, hash_before: of('install.apply').hash_after, hash_after: hash });
  expect(of('install.remove')).toMatchObject({ ...shared, hash_before: of('install.pause').hash_after, hash_after: null });
});

it('shows a confined token the changes of its tenants only', async () => {
  await put('mine', exampleDocument({ filter: { tenants: ['t1'] } }));
  await put('foreign', exampleDocument({ filter: { tenants: ['t9'] } }));
  await put('moved', exampleDocument({ filter: { tenants: ['t9'] } }));
  await put('moved', exampleDocument({ filter: { tenants: ['t1'] } }), { headers: { 'if-match': tagOf(1) } });
  await put('all', exampleDocument());
  await expect.poll(async () => actions((await audit()).body).length).toBe(5);
  expect(actions((await audit('', 'confinedReader')).body)).toEqual(['install.apply mine']);
  expect(actions((await audit('?install=foreign', 'confinedReader')).body)).toEqual([]);
  expect(actions((await audit('?install=foreign', 'reader')).body)).toEqual(['install.apply foreign']);
});

it(`gives pages that have each record once, and says that records older than the newest ${AUDIT_WINDOW} are left out`, async () => {
  const ids = Array.from({ length: AUDIT_WINDOW + 2 }, (_, index) => `i${index}`);
  for (const id of ids.slice(0, 5)) await put(id, exampleDocument());
  await expect.poll(async () => (await audit()).body.window).toMatchObject({ records: 5, complete: true });
  for (const id of ids.slice(5)) await put(id, exampleDocument());
  await expect.poll(async () => (await audit()).body.window).toMatchObject({ records: AUDIT_WINDOW, complete: false });
  const seen: string[] = [];
  for (let after: string | null = ''; after !== null; ) {
    const { body } = await audit(`?limit=3${after === '' ? '' : `&after=${after}`}`);
    expect(body.audit_records.length).toBeLessThanOrEqual(3);
    seen.push(...actions(body));
    after = body.next;
  }
  expect([seen.length, new Set(seen).size]).toEqual([AUDIT_WINDOW, AUDIT_WINDOW]);
});

it.each(['?limit=0', '?limit=1001', '?limit=x', '?after=x', '?after=1.2', '?other=1'])('refuses %s with 400', async (query) => {
  expect(await audit(query)).toMatchObject({ status: 400, body: { code: 'ERR_ADMIN_BAD_REQUEST' } });
});

it('the hash of an install depends on its state and ids of secrets, and on no secret', () => {
  const type = 'ms.MessagingEventNotification.ContentEvent';
  const of = (endpoint: string, value: string, id = 's1', sealed: Buffer | null = null) =>
    stateHash(
      exampleInstall({
        sealed,
        document: JSON.stringify({ endpoint, value }),
        webhooks: { [type]: exampleWebhook({ endpoint, headers: [{ name: 'key', value }] }) },
        signingSecrets: [{ id, ciphertext: Buffer.from(value), notAfter: null }],
      }),
    );
  const hash = of('https://a.example/in?code=1', 'one');
  expect(of('https://a.example/in', '', 's1', Buffer.from('sealed'))).toBe(hash);
  expect(of('https://a.example/out?code=1', 'one')).not.toBe(hash);
  expect(of('https://a.example/in?code=1', 'one', 's2')).not.toBe(hash);
});
